import { formatDuration } from '../duration.ts';
import type { Canary, CanaryAnalysis } from './canary.ts';
import type { Findings } from './findings.ts';
import { hooksOf } from './hooks.ts';
import { metricsOf } from './metrics.ts';
import { strategyOf } from './strategy.ts';
import { ASSUMED, delayOf, type Surroundings, sourceOf } from './surroundings.ts';
import { readAnalysisSwitches } from './switches.ts';
import { deadlineOf, intervalOf, periodOf } from './timing.ts';

const wholeFailures = (threshold: number | undefined, path: string, findings: Findings): number => {
  if (threshold === undefined || threshold > 0) return threshold ?? 1;
  findings.note(`${path}.threshold`, `${threshold} becomes 1, as Flagger does`);
  return 1;
};

const analysisOf = (canary: Canary, findings: Findings): { analysis: CanaryAnalysis; path: string } => {
  const { analysis, canaryAnalysis } = canary.spec;
  if (analysis === undefined && canaryAnalysis === undefined)
    findings.problem(
      'spec.analysis',
      'is missing',
      undefined,
      'write interval, threshold, stepWeight and metrics below it',
    );
  if (analysis !== undefined && canaryAnalysis !== undefined)
    findings.note('spec.canaryAnalysis', 'left out: spec.analysis stands beside it');
  return analysis === undefined && canaryAnalysis !== undefined
    ? { analysis: canaryAnalysis, path: 'spec.canaryAnalysis' }
    : { analysis: analysis ?? {}, path: 'spec.analysis' };
};

type Written = {
  readonly canary?: { stepWeights?: readonly number[]; stepWeight?: number; maxWeight?: number };
  readonly blueGreen?: { readonly iterations: number };
  readonly ab?: { readonly iterations: number };
};

/** Checks that have to pass: one at each weight, or each iteration and one after the switch. */
const checksIn = ({ canary = {}, blueGreen, ab }: Written): number => {
  if (ab !== undefined) return ab.iterations;
  if (blueGreen !== undefined) return blueGreen.iterations + 1;
  const { stepWeights, stepWeight = 1, maxWeight = 100 } = canary;
  return stepWeights === undefined ? maxWeight / stepWeight : stepWeights.length;
};

/** `strategy`, `analysis` and `hooks` of the spec, and the seconds between ticks and of a period. */
export const judgingOf = (canary: Canary, around: Surroundings, findings: Findings) => {
  const { analysis, path } = analysisOf(canary, findings);
  const wanted = intervalOf(analysis.interval, `${path}.interval`, findings);
  const interval = Math.max(wanted, around.published ?? 0);
  if (interval > wanted)
    findings.note(
      `${path}.interval`,
      `becomes ${formatDuration(interval)}: metrics are not published more often`,
    );
  const period = periodOf(interval, around.published ?? 0, `${path}.interval`, findings);
  const settle = around.settle ?? ASSUMED.settle;
  const delay = delayOf(around);
  const threshold = wholeFailures(analysis.threshold, path, findings);
  const strategy = strategyOf(analysis, canary.spec.provider, path, findings);
  const hooks = hooksOf(analysis, path, findings);
  const metrics = metricsOf(analysis, path, period, { canary, around }, findings);
  readAnalysisSwitches(analysis, path, findings);
  const deadline = deadlineOf({ interval, period, delay, settle, threshold, steps: checksIn(strategy) });
  return {
    strategy,
    analysis: {
      judge: 'threshold',
      interval: formatDuration(interval),
      threshold,
      deadline: formatDuration(deadline),
      onInconclusive: 'rollBack',
      noData: 'fail',
      source: sourceOf(around, period),
      metrics,
    },
    hooks,
    pace: { interval, period },
  };
};
