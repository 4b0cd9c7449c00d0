import { announceAll } from '../core/messages/announce-all.ts';
import { announcement, linksOf } from '../core/messages/announcement.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { outcomeOf } from '../core/safety/free.ts';
import type { RescuePorts } from '../core/safety/ports.ts';
import type { AnnounceTask } from '../core/tasks.ts';
import { announcersOf } from './announcers.ts';
import { environment } from './environment.ts';
import { executions, trafficRouter } from './ports.ts';
import { quickStore } from './quick-store.ts';
import { retireByFunction, rolloutOf } from './retire.ts';
import type { Tools } from './task.ts';

const now = (): string => new Date().toISOString();

/** What rescue and watchdog act through for one service. */
export const rescuePorts = (input: RolloutInput, { logger, metrics }: Tools): RescuePorts => {
  const store = quickStore();
  return {
    store,
    executions: executions(),
    router: trafficRouter(input, 'rescue'),
    retireCanary: retireByFunction(logger, outcomeOf),
    announce: async (what, claim, { reason }) => {
      if (what === 'needsRescue') metrics.addMetric('RestoreFailed', 'Count', 1);
      if (what === 'promotionFailed') metrics.addMetric('PromotionFailed', 'Count', 1);
      const rollout = rolloutOf(claim);
      const ended = what === 'rolledBack' || what === 'promoted' || what === 'retireFailed';
      const outcome = ended ? outcomeOf(claim) : 'failed';
      const task: AnnounceTask = {
        rollout,
        generation: claim.generation ?? 0,
        now: now(),
        announcement: what,
        reason,
        weight: claim.reached ?? claim.intent,
        outcome,
        safe: claim.safe,
        ended: true,
      };
      const message = announcement(task, linksOf(claim.execution, environment('RUNBOOK')));
      await announceAll(announcersOf(rollout, 'rescue'), message, (text) => logger.warn(text)).catch(
        (error: Error) => logger.error('nobody could be told', { error }),
      );
    },
  };
};
