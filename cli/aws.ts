import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Reader } from '../lambdas/adapters/prometheus/amazon.ts';
import { readSecret } from '../lambdas/adapters/secrets.ts';
import type { Target } from '../lambdas/core/rollout.ts';
import { explained } from './aws-failure.ts';
import { BadInput } from './exit.ts';

/** Who calls, as STS knows them. */
export interface Identity {
  readonly arn: string;
  /** Twelve digits. */
  readonly account: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

/**
 * Asks STS who the default credentials are (environment, profile, SSO, instance role …; AWS_ENDPOINT_URL is honoured).
 * Throws NotDone, with one line, without credentials or network.
 */
export const callerIdentity = async (region: string): Promise<Identity> => {
  const client = new STSClient({ region });
  const { Arn: arn = '', Account: account = '' } = await client
    .send(new GetCallerIdentityCommand())
    .catch(explained(region));
  return { arn, account, credentials: client.config.credentials };
};

/** Reads with the default credentials, where no client of the SDK does. */
export const ownReader = (region: string): Reader => ({
  region,
  credentials: new STSClient({ region }).config.credentials,
  secret: (name) => readSecret(new SecretsManagerClient({ region }), name),
});

/** Refuses credentials of another account than the target's: they would reach another service of the same name. */
export const checkAccount = ({ account }: Identity, target: Target): void => {
  if (account === target.account) return;
  throw new BadInput([
    `credentials: must be of account ${target.account}, where the target ${target.name} is, got ${account}; set AWS_PROFILE to a profile of ${target.account}`,
  ]);
};
