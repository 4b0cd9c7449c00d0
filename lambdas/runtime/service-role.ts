import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { fromAws } from '../adapters/aws-errors.ts';
import { CALLS, reuse } from './reuse.ts';

/** RoleSessionName and SourceIdentity: 2 to 64 characters (STS AssumeRole). */
const SESSION_LENGTH = 64;
/** An hour is the longest that a chained role may have (IAM). */
const SESSION_SECONDS = 3600;
/** Renewed this long before they end, so that a call never starts with credentials about to end. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** The session's name of an execution: its name, or the end of it (with digest and attempt) where it is too long. */
export const sessionName = (executionName: string): string => executionName.slice(-SESSION_LENGTH);

const cache = new Map<string, AwsCredentialIdentity>();

/** The service's role, assumed in the name of what acts for it: an execution, or a function outside any. */
export const serviceCredentials =
  (
    of: { roleArn: string; execution?: { name: string } },
    actor = 'stepcanary',
  ): AwsCredentialIdentityProvider =>
  async () => {
    const name = sessionName(of.execution?.name ?? actor);
    const key = `${of.roleArn} ${name}`;
    const cached = cache.get(key);
    if (cached?.expiration !== undefined && cached.expiration.getTime() - RENEW_BEFORE_MS > Date.now())
      return cached;
    const assumed = await reuse(STSClient, 'own', () => new STSClient({ requestHandler: CALLS }))
      .send(
        new AssumeRoleCommand({
          RoleArn: of.roleArn,
          RoleSessionName: name,
          SourceIdentity: name,
          DurationSeconds: SESSION_SECONDS,
        }),
      )
      .catch(fromAws(`assume ${of.roleArn}`));
    const {
      AccessKeyId = '',
      SecretAccessKey = '',
      SessionToken = '',
      Expiration,
    } = assumed.Credentials ?? {};
    const credentials: AwsCredentialIdentity = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration && { expiration: Expiration }),
    };
    cache.set(key, credentials);
    return credentials;
  };
