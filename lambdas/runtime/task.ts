import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy, { type MiddlewareObj } from '@middy/core';
import { CanaryError } from '../core/errors.ts';

/** What a handler gets beside its input. */
export interface Tools {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The ARN by which this function was called, with its version. */
  readonly functionArn: string;
}

interface WithRollout {
  readonly rollout?: { readonly service: string; readonly execution?: { readonly name: string } };
}

/** What is logged tells whose rollout it is. */
const nameRollout = (logger: Logger): MiddlewareObj<unknown> => ({
  before: (request) => {
    const { rollout } = (request.event ?? {}) as WithRollout;
    if (rollout === undefined) return;
    logger.appendKeys({ service_target: rollout.service, execution: rollout.execution?.name });
  },
});

const logFailure = (logger: Logger): MiddlewareObj<unknown> => ({
  onError: (request) => {
    if (request.error instanceof CanaryError) logger.warn(request.error.message, { error: request.error });
    else logger.error('unexpected error', { error: request.error ?? 'unknown' });
  },
});

/** Publishes what was counted. Most calls count nothing, which Powertools' own middleware warns of each time. */
const publishMetrics = (metrics: Metrics): MiddlewareObj<unknown> => {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return { after: publish, onError: publish };
};

/**
 * The one middleware stack of every function: structured logs with the rollout's keys, metrics, errors logged
 * and passed on with their names, so that the state machine can match them.
 */
export const task = <Input, Result>(run: (input: Input, tools: Tools) => Promise<Result>) => {
  const logger = new Logger();
  const metrics = new Metrics();
  return middy()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics(metrics))
    .use(logFailure(logger))
    .use(nameRollout(logger))
    .handler(async (event: unknown, context: { invokedFunctionArn: string }) =>
      run(event as Input, { logger, metrics, functionArn: context.invokedFunctionArn }),
    );
};
