import type { Counts, Period } from '../evidence.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { count, percentOf } from '../words.ts';
import { checkPeriod, finding } from './check.ts';

/** What the promoted version does under all traffic. Nothing is undone from here: it is said. */
export interface PrimaryHealth {
  /** False only where a metric was measured and violated. */
  readonly healthy: boolean;
  readonly say: string;
}

const highest = (
  a: Counts['percentiles'] = {},
  b: Counts['percentiles'] = {},
): Readonly<Record<string, number>> => {
  const merged: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) merged[name] = Math.max(merged[name] ?? 0, value);
  return merged;
};

const plus = (a: Counts, b: Counts): Counts => {
  const slower: Record<string, number> = { ...a.slower };
  for (const [limit, value] of Object.entries(b.slower ?? {})) slower[limit] = (slower[limit] ?? 0) + value;
  return {
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    timed: (a.timed ?? 0) + (b.timed ?? 0),
    slower,
    percentiles: highest(a.percentiles, b.percentiles),
  };
};

/** Compares all that the new primary answered since traffic returned with the limits of its spec. */
export const watchPrimary = (periods: readonly Period[], spec: RolloutSpec): PrimaryHealth => {
  const counts = periods
    .flatMap(({ primary }) => (primary === undefined ? [] : [primary]))
    .reduce<Counts>(plus, { requests: 0, failures: 0 });
  if (counts.requests === 0)
    return { healthy: true, say: 'The new primary serves; its metrics are not there yet.' };
  const check = checkPeriod({ ...spec, analysis: { ...spec.analysis, noData: 'inconclusive' } }, counts);
  if (check.verdict === 'failed')
    return {
      healthy: false,
      say: `The new primary violates a limit: ${finding(spec.analysis.metrics[check.metric], check, 'primary')}.`,
    };
  const rate = percentOf(counts.requests - counts.failures, counts.requests);
  return {
    healthy: true,
    say: `The new primary serves: ${rate} of ${count(counts.requests)} requests succeeded.`,
  };
};
