import type { FunctionVersion } from '../../lambda/catalogue.ts';
import { functionArn } from '../../lambda/function-config.ts';
import type { LambdaHost } from '../../lambda/host.ts';
import { AwsError, type Behaviours, type Call } from '../service.ts';
import type { LogStore } from './logs.ts';
import { pageOf } from './paging.ts';

/** The part of a Lambda host that the API needs. */
export type FunctionHost = Pick<LambdaHost, 'invoke'> & {
  readonly functions: Pick<LambdaHost['functions'], 'names' | 'resolve'>;
};

const PAGE = 50;
const LATEST = '$LATEST';

function configurationOf({ config, version }: FunctionVersion, call: Call, qualified: boolean) {
  return {
    FunctionName: config.name,
    FunctionArn: functionArn(call, config.name, qualified ? version : undefined),
    Version: version,
    Role: config.roleArn,
    Handler: config.handler,
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    PackageType: 'Zip',
    Timeout: config.timeoutSeconds,
    MemorySize: config.memoryMb,
    Environment: { Variables: config.environment },
    TracingConfig: { Mode: 'Active' },
    State: 'Active',
    LastUpdateStatus: 'Successful',
  };
}

/** `$LATEST` and the published versions, which are numbered without gaps. */
function versionsOf(host: FunctionHost, name: string): readonly FunctionVersion[] {
  const versions = [host.functions.resolve(name, LATEST)];
  for (let number = 1; ; number++) {
    try {
      versions.push(host.functions.resolve(name, String(number)));
    } catch (error) {
      if (error instanceof AwsError) return versions;
      throw error;
    }
  }
}

const paged = <T>(all: readonly T[], { MaxItems = PAGE, Marker }: { MaxItems?: number; Marker?: string }) =>
  pageOf(all, { size: MaxItems, token: Marker, invalid: 'InvalidParameterValueException' });

/** `LogType: Tail` answers the last 4 KB of the log (Lambda API, Invoke). */
const TAIL_BYTES = 4096;

/** What a function logs from now on: called later, the last of it in base64. */
const logTail = (logs: LogStore, call: Call, functionName: string): (() => string) => {
  const group = `/aws/lambda/${functionName}`;
  const before = logs.groups(call).get(group)?.count ?? 0;
  return () => {
    const text = logs
      .since(call, group, before)
      .map(({ message }) => `${message.trimEnd()}\n`)
      .join('');
    return Buffer.from(text).subarray(-TAIL_BYTES).toString('base64');
  };
};

/** The Lambda API over the sandbox's functions, which run on the host. `logs`: where their lines go. */
export function lambda(host: FunctionHost, logs: LogStore): Behaviours {
  const describe = ({ FunctionName, Qualifier }: { FunctionName: string; Qualifier?: string }, call: Call) =>
    configurationOf(host.functions.resolve(FunctionName, Qualifier), call, Qualifier !== undefined);

  return {
    async Invoke({ FunctionName, Qualifier, Payload, InvocationType = 'RequestResponse', LogType }, call) {
      const { config } = host.functions.resolve(FunctionName, Qualifier);
      if (InvocationType === 'DryRun') return { StatusCode: 204 };
      const tail = logTail(logs, call, config.name);
      const result = await host.invoke(
        FunctionName,
        Payload === undefined ? '{}' : Buffer.from(Payload).toString('utf8'),
        {
          type: InvocationType,
          ...(Qualifier !== undefined && { qualifier: Qualifier }),
          // A role's caller is a function (or a workflow) of the sandbox that may be waiting for this answer.
          nested: call.caller.roleArn !== undefined,
        },
      );
      if (InvocationType === 'Event') return { StatusCode: 202 };
      return {
        StatusCode: 200,
        ExecutedVersion: result.executedVersion,
        Payload: Buffer.from(result.payload),
        ...(result.functionError !== undefined && { FunctionError: result.functionError }),
        ...(LogType === 'Tail' && { LogResult: tail() }),
      };
    },

    GetFunctionConfiguration: describe,
    GetFunction: (input, call) => ({ Configuration: describe(input, call) }),

    ListFunctions(input, call) {
      const page = paged(host.functions.names().toSorted(), input);
      const Functions = page.items.map((name) => configurationOf(host.functions.resolve(name), call, false));
      return { Functions, ...(page.next !== undefined && { NextMarker: page.next }) };
    },

    ListVersionsByFunction(input, call) {
      const page = paged(versionsOf(host, input.FunctionName), input);
      const Versions = page.items.map((version) => configurationOf(version, call, true));
      return { Versions, ...(page.next !== undefined && { NextMarker: page.next }) };
    },
  };
}
