import type { MetricIdentity } from '../evidence.ts';
import { eventName } from '../judge/check.ts';
import { beforehand } from '../judge/sequential/beforehand.ts';
import { readPast } from '../judge/sequential/read-past.ts';
import type { MetricSource } from '../ports.ts';
import type { RolloutBasis } from '../record.ts';
import type { Rollout } from '../rollout.ts';
import { takesPart } from '../spec/analysis.ts';
import type { Told } from '../tasks.ts';

/**
 * Reads what the verdicts will rest on. Where the sequential judge takes part that is the primary's past; it says what
 * the traffic can prove, before anything is touched. Errors: those of the source.
 */
export const foundations = async (
  { service, execution, release, spec }: Rollout,
  metrics: MetricSource,
  identity: MetricIdentity,
  now: string,
): Promise<Told & { readonly basis: RolloutBasis }> => {
  const basis: RolloutBasis = { service, execution: execution.arn, at: now, release, spec };
  if (!takesPart('sequential', spec.analysis)) return { say: '', events: [], basis };
  const read = await readPast(spec, metrics, identity, now);
  const { say, enough } = beforehand(spec, read.past);
  const warn = !enough && spec.analysis.judge === 'sequential';
  return {
    say: `; ${say}`,
    events: warn ? [{ phase: 'Progressing', text: `${eventName(spec)}: ${say}` }] : [],
    basis: { ...basis, ...read },
  };
};
