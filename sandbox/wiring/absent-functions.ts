import { BrokenConnection } from '../aws/attempt.ts';
import { AwsError, type Behaviours, type Call } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { type HookAnswers, hookIn, type OutsideAnswer, objectIn } from '../hook-answers.ts';
import type { LambdaHost } from '../lambda/host.ts';
import type { OutsideCall } from '../outside.ts';

/** What stands in for the functions of others. */
export interface StandIn {
  readonly functions: Pick<LambdaHost['functions'], 'resolve'>;
  readonly answers: HookAnswers;
  readonly clock: Pick<Clock, 'now'>;
  readonly onCall: (call: OutsideCall) => void;
}

/** An answer as a function behind API Gateway gives it; one that makes none has failed. */
const returned = (answer: Exclude<OutsideAnswer, 'hang'>) => {
  const whole = { StatusCode: 200, ExecutedVersion: '$LATEST' };
  if (answer === 'garbage') {
    const failure = { errorType: 'Runtime.MarshalError', errorMessage: 'Unable to marshal response' };
    return { ...whole, FunctionError: 'Unhandled', Payload: Buffer.from(JSON.stringify(failure)) };
  }
  const statusCode = answer === 'redirect' ? 302 : answer;
  return { ...whole, Payload: Buffer.from(JSON.stringify({ statusCode })) };
};

/**
 * The Lambda API of a rehearsal: hooks may be functions that are deployed elsewhere, and are answered as addresses are.
 * Everything else about a function that is not there is refused, as by AWS.
 */
export const withStandIns = (
  lambda: Behaviours,
  { functions, answers, clock, onCall }: StandIn,
): Behaviours => ({
  ...lambda,
  Invoke(input, call: Call) {
    try {
      functions.resolve(input.FunctionName, input.Qualifier);
    } catch (error) {
      const body = input.Payload === undefined ? '' : Buffer.from(input.Payload).toString('utf8');
      const { idempotencyKey } = objectIn(body);
      const name = hookIn(idempotencyKey);
      if (!(error instanceof AwsError) || name === '') throw error;
      onCall({ url: input.FunctionName, hook: name, headers: {}, body, at: clock.now() });
      const answer = answers.to(name);
      if (answer === 'hang') throw new BrokenConnection('hang');
      return returned(answer);
    }
    return lambda.Invoke?.(input, call);
  },
});
