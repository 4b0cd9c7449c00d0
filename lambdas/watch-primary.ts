import { evidenceWindow } from './core/judge/cadence.ts';
import { watchPrimary as look } from './core/judge/watch-primary.ts';
import type { MetricSource } from './core/ports.ts';
import { latencyLimits } from './core/spec/limits.ts';
import type { WatchPrimaryResult, WatchPrimaryTask } from './core/tasks.ts';
import { metricSource } from './runtime/metric-source.ts';
import { task } from './runtime/task.ts';

/** State "Watch primary": what the new primary does under all traffic. It says, and undoes nothing. */
export const watchPrimary =
  (metrics: MetricSource) =>
  async ({ rollout, metrics: identity, shiftedAt, now }: WatchPrimaryTask): Promise<WatchPrimaryResult> => {
    const { spec } = rollout;
    const periods = await metrics.periods({
      identity,
      ...evidenceWindow(spec, null, shiftedAt, now),
      ...latencyLimits(spec),
    });
    return { ...look(periods, spec), events: [] };
  };

export const handler = task((input: WatchPrimaryTask) => watchPrimary(metricSource(input.rollout))(input));
