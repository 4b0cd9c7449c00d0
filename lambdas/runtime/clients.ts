import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { RolloutInput } from '../core/rollout.ts';
import { CALLS, reuse } from './reuse.ts';
import { serviceCredentials } from './service-role.ts';

/** A rollout's input, and the execution that acts for it where there is one. */
export type Acting = Pick<RolloutInput, 'spec' | 'target' | 'roleArn'> & {
  readonly execution?: { readonly name: string };
};

/** A client of the engine itself, kept from one invocation to the next. */
export const own = <Client>(Kind: new (config: { requestHandler: typeof CALLS }) => Client): Client =>
  reuse(Kind, 'own', () => new Kind({ requestHandler: CALLS }));

interface ActingConfig {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly requestHandler: typeof CALLS;
}

/** A client that acts for a service: with its role, in its target's region, in the name of one execution. */
export const actingClient = <Client>(
  Kind: new (config: ActingConfig) => Client,
  acting: Acting,
  actor?: string,
): Client => {
  const { region } = acting.target;
  const key = [acting.roleArn, region, acting.execution?.name ?? actor].join(' ');
  const config = { region, credentials: serviceCredentials(acting, actor), requestHandler: CALLS };
  return reuse(Kind, key, () => new Kind(config));
};
