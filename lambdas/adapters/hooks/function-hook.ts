import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { HookSpec } from '../../core/spec/hooks.ts';
import { type Answered, Unanswered } from './answer.ts';

const decoded = (payload: Uint8Array | undefined): string =>
  payload === undefined ? '' : new TextDecoder().decode(payload);

/** What a function returned: its own `statusCode` where it gives one, as behind API Gateway, else 200. */
const answered = (text: string): Answered => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { status: 200, text };
  }
  const { statusCode, body } = (value ?? {}) as { statusCode?: unknown; body?: unknown };
  if (typeof statusCode !== 'number') return { status: 200, text };
  return { status: statusCode, text: typeof body === 'string' ? body : '' };
};

/** One synchronous invocation of a hook's function; one that throws has answered 500. Throws Unanswered. */
export const invokeHook = async (
  { function: arn = '', timeout }: Pick<HookSpec, 'function' | 'timeout'>,
  body: object,
  client: LambdaClient,
): Promise<Answered> => {
  const call = new InvokeCommand({ FunctionName: arn, Payload: JSON.stringify(body) });
  const { Payload, FunctionError } = await client
    .send(call, { requestTimeout: timeout * 1000, abortSignal: AbortSignal.timeout(timeout * 1000) })
    .catch((error: Error) => {
      throw new Unanswered(
        /Abort|Timeout/.test(error.name)
          ? `did not answer within ${timeout}s`
          : `could not be called (${error.name})`,
      );
    });
  const text = decoded(Payload);
  if (FunctionError === undefined) return answered(text);
  const { errorMessage = FunctionError } = JSON.parse(text) as { errorMessage?: string };
  return { status: 500, text: errorMessage };
};
