import { type AssumeRoleInput, checkAssumeRole } from '../iam/assume-role.ts';
import type { IamStore } from '../iam/store.ts';
import { digestOf } from '../names.ts';
import type { Behaviours, Call } from '../service.ts';

/** STS lets a session last an hour where nothing else is asked for. */
const DEFAULT_DURATION_SECONDS = 3600;

/** The unique id that IAM gives a role or user. */
const uniqueId = (kind: 'AROA' | 'AIDA', arn: string): string => kind + digestOf(arn, 17).toUpperCase();

/** Security Token Service over the sandbox's IAM. */
export function sts(iam: IamStore): Behaviours {
  return {
    async AssumeRole(input: AssumeRoleInput, call: Call) {
      const sourceIdentity = await checkAssumeRole(iam, input, call);
      const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
      const credentials = iam.createSession(input.RoleArn, {
        sessionName: input.RoleSessionName,
        sourceIdentity,
        tags,
      });
      const seconds = Number(input.DurationSeconds ?? DEFAULT_DURATION_SECONDS);
      return {
        Credentials: {
          AccessKeyId: credentials.accessKeyId,
          SecretAccessKey: credentials.secretAccessKey,
          SessionToken: credentials.sessionToken,
          Expiration: new Date(call.now + seconds * 1000),
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
