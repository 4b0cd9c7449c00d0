/**
 * Stands for `@aws-sdk/credential-provider-node` in the bundles. Lambda hands a function its role's credentials as
 * environment variables, so the rest of the SDK's chain (profiles, single sign-on, instance metadata) is 100 KB a bundle
 * that never runs.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
