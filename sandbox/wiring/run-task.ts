import { AwsError } from '../aws/service.ts';
import type { LambdaHost } from '../lambda/host.ts';
import { TaskFailure } from '../stepfunctions/failure.ts';
import type { RunTask, TaskCall } from '../stepfunctions/line.ts';
import type { ApiCalls } from './api-calls.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Services whose APIs write member names in camelCase; Step Functions shows all in PascalCase. */
const CAMEL = new Set(['appmesh', 'ecr', 'eks', 'logs', 'states']);
/** IAM prefixes of services that Step Functions knows by another name. */
const PREFIXES: Readonly<Record<string, string>> = { sfn: 'states', eventbridge: 'events' };

const renamed = (value: unknown, change: (name: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item) => renamed(item, change));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name), renamed(item, change)]),
  );
};
const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Step Functions names the session that it calls a service with after the execution. */
const sessionOf = ({ executionArn }: TaskCall): string => executionArn.split(':').at(-1)?.slice(0, 64) ?? '';

/** Names an error of the Lambda service as Step Functions does: `Lambda.TooManyRequestsException`. */
const serviceFailure = (error: unknown): TaskFailure => {
  if (!(error instanceof AwsError)) return new TaskFailure('Lambda.ServiceException', String(error));
  const name = error.name.startsWith('AccessDenied') ? 'AWSLambdaException' : error.name;
  return new TaskFailure(`Lambda.${name}`, error.message);
};

const functionFailure = (payload: string): TaskFailure => {
  const { errorType } = JSON.parse(payload) as { errorType?: string };
  return new TaskFailure(errorType ?? 'Lambda.Unknown', payload);
};

const invokeFunction = async (host: LambdaHost, calls: ApiCalls, call: TaskCall): Promise<unknown> => {
  const { FunctionName, Payload = {}, Qualifier, InvocationType } = call.arguments as Fields;
  const input = { FunctionName, ...(Qualifier === undefined ? {} : { Qualifier }) };
  try {
    await calls.authorize(call.roleArn, sessionOf(call), 'lambda', 'Invoke', input);
    const result = await host.invoke(String(FunctionName), JSON.stringify(Payload), {
      type: InvocationType === 'Event' ? 'Event' : 'RequestResponse',
      ...(Qualifier === undefined ? {} : { qualifier: String(Qualifier) }),
    });
    if (InvocationType === 'Event') return { StatusCode: 202 };
    if (result.functionError !== undefined) throw functionFailure(result.payload);
    return { ExecutedVersion: result.executedVersion, Payload: JSON.parse(result.payload), StatusCode: 200 };
  } catch (error) {
    throw error instanceof TaskFailure ? error : serviceFailure(error);
  }
};

const callApi = async (
  calls: ApiCalls,
  service: string,
  action: string,
  call: TaskCall,
): Promise<unknown> => {
  const prefix = PREFIXES[service] ?? service;
  const isCamel = CAMEL.has(prefix);
  const input = isCamel ? renamed(call.arguments, camel) : call.arguments;
  try {
    const output = await calls.asRole(call.roleArn, sessionOf(call))(prefix, pascal(action), input as Fields);
    return isCamel ? renamed(output, pascal) : output;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new TaskFailure(`${pascal(service)}.${error.name}`, error.message);
  }
};

/**
 * What the Tasks of state machines call: functions (`lambda:invoke`, or a function's ARN as Resource) on the host, and
 * other APIs by `aws-sdk:SERVICE:ACTION`, `sns:publish` and the like. The machine's role decides each call.
 */
export const taskRunner =
  (host: LambdaHost, calls: ApiCalls): RunTask =>
  async (call) => {
    const { resource } = call;
    if (/^arn:aws:lambda:/.test(resource)) {
      const plain = { ...call, arguments: { FunctionName: resource, Payload: call.arguments } };
      return ((await invokeFunction(host, calls, plain)) as { Payload: unknown }).Payload;
    }
    const [, service = '', action = ''] =
      /^arn:aws[\w-]*:states:::(?:aws-sdk:)?([\w-]+):(\w+)(?:\.waitForTaskToken)?$/.exec(resource) ?? [];
    if (service === 'lambda' && action === 'invoke') return invokeFunction(host, calls, call);
    return callApi(calls, service, action, call);
  };
