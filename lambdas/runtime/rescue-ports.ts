import { LambdaClient } from '@aws-sdk/client-lambda';
import { callFunction } from '../adapters/functions.ts';
import { announceAll } from '../core/messages/announce-all.ts';
import { announcement } from '../core/messages/announcement.ts';
import type { Claim } from '../core/record.ts';
import type { Rollout, RolloutInput } from '../core/rollout.ts';
import { outcomeOf, type RescuePorts } from '../core/safety/rescue.ts';
import { announcersOf } from './announcers.ts';
import { environment } from './environment.ts';
import { executions, own, rolloutStore, trafficRouter } from './ports.ts';
import type { Tools } from './task.ts';

/** The rollout of a claim, in the name of the execution that held it. */
const rolloutOf = ({ input, execution, since }: Claim): Rollout => ({
  ...input,
  execution: { arn: execution, name: execution.split(':').at(-1) ?? execution, startedAt: since },
});

const now = (): string => new Date().toISOString();

/** What rescue and watchdog act through for one service. */
export const rescuePorts = (input: RolloutInput, { logger, metrics }: Tools): RescuePorts => {
  const store = rolloutStore();
  return {
    store,
    executions: executions(),
    router: trafficRouter(input, 'rescue'),
    retireCanary: async (claim) => {
      const rollout = rolloutOf(claim);
      const task = {
        rollout,
        generation: 0,
        now: now(),
        cluster: claim.cluster ?? null,
        outcome: outcomeOf(claim),
      };
      await callFunction(environment('RETIRE_CANARY_FUNCTION'), task, own(LambdaClient)).catch(
        (error: Error) => logger.warn('the canary’s pods could not be retired; traffic is safe', { error }),
      );
    },
    announce: async (what, claim, { reason }) => {
      if (what === 'needsRescue') metrics.addMetric('RestoreFailed', 'Count', 1);
      if (what === 'promotionFailed') metrics.addMetric('PromotionFailed', 'Count', 1);
      const rollout = rolloutOf(claim);
      const outcome = what === 'rolledBack' || what === 'promoted' ? what : 'failed';
      const message = announcement({
        rollout,
        generation: 0,
        now: now(),
        announcement: what,
        reason,
        weight: claim.intent,
        outcome,
        safe: claim.safe,
      });
      await announceAll(announcersOf(rollout, 'rescue'), message, (text) => logger.warn(text)).catch(
        (error: Error) => logger.error('nobody could be told', { error }),
      );
    },
  };
};
