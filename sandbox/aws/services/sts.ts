import { type AssumeRoleInput, checkAssumeRole } from '../iam/assume-role.ts';
import type { IamStore } from '../iam/store.ts';
import { digestOf } from '../names.ts';
import { AwsError, type Behaviours, type Call } from '../service.ts';

/** STS lets a session last an hour where nothing else is asked for. */
const DEFAULT_DURATION_SECONDS = 3600;

/** A session of a session lasts an hour at most (AssumeRole, "role chaining"). */
function durationOf(
  { DurationSeconds = DEFAULT_DURATION_SECONDS }: AssumeRoleInput,
  { caller }: Call,
): number {
  const seconds = Number(DurationSeconds);
  if (caller.roleArn === undefined || seconds <= DEFAULT_DURATION_SECONDS) return seconds;
  const message =
    'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
  throw new AwsError('ValidationError', message, 400);
}

/** The unique id that IAM gives a role or user. */
const uniqueId = (kind: 'AROA' | 'AIDA', arn: string): string => kind + digestOf(arn, 17).toUpperCase();

/** Security Token Service over the sandbox's IAM. */
export function sts(iam: IamStore): Behaviours {
  return {
    async AssumeRole(input: AssumeRoleInput, call: Call) {
      const sourceIdentity = await checkAssumeRole(iam, input, call);
      const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
      const seconds = durationOf(input, call);
      const expiresAt = call.now + seconds * 1000;
      const session = { sessionName: input.RoleSessionName, sourceIdentity, tags, expiresAt };
      const credentials = iam.createSession(input.RoleArn, session);
      return {
        Credentials: {
          AccessKeyId: credentials.accessKeyId,
          SecretAccessKey: credentials.secretAccessKey,
          SessionToken: credentials.sessionToken,
          Expiration: new Date(expiresAt),
        },
        AssumedRoleUser: {
          AssumedRoleId: `${uniqueId('AROA', input.RoleArn)}:${input.RoleSessionName}`,
          Arn: iam.resolve(credentials.accessKeyId).arn,
        },
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      };
    },

    GetCallerIdentity(_input, { caller }) {
      const UserId =
        caller.roleArn === undefined
          ? uniqueId('AIDA', caller.arn)
          : `${uniqueId('AROA', caller.roleArn)}:${caller.sessionName}`;
      return { Account: caller.account, Arn: caller.arn, UserId };
    },
  };
}
