import type { EvidenceQuery } from '../evidence.ts';
import { latencyOf } from '../judge/sequential/from-spec.ts';
import type { Past } from '../judge/sequential/past.ts';
import type { Side } from '../rollout.ts';
import { takesPart } from './analysis.ts';
import { ratesOf } from './metrics.ts';
import type { RolloutSpec } from './schema.ts';

/** What a metric source has to count for a spec: the limits (ms) to count slower requests of, and the percentiles to fall back on. */
export const latencyLimits = ({ analysis }: RolloutSpec): Pick<EvidenceQuery, 'limits' | 'percentiles'> => {
  const durations = ratesOf(analysis).flatMap((metric) =>
    metric.name === 'request-duration' ? [metric] : [],
  );
  const limits = [...new Set(durations.map(({ max }) => max))];
  return {
    limits: { primary: limits, canary: limits },
    percentiles: [...new Set(durations.map(({ percentile }) => percentile))],
  };
};

/** The same, with what the sequential judge compares beside it. */
export const evidenceLimits = (
  spec: RolloutSpec,
  past: Past | undefined,
): Pick<EvidenceQuery, 'limits' | 'percentiles'> => {
  const { limits, percentiles } = latencyLimits(spec);
  if (!takesPart('sequential', spec.analysis)) return { limits, percentiles };
  const compared = Object.values(latencyOf(spec, past).metrics);
  const both = (side: Side) => [...new Set([...limits[side], ...compared.map((beyond) => beyond[side])])];
  return { limits: { primary: both('primary'), canary: both('canary') }, percentiles };
};

/** Failed checks that roll back; never reached where the spec counts none. */
export const thresholdOf = ({ analysis }: Pick<RolloutSpec, 'analysis'>): number =>
  analysis.threshold ?? Number.POSITIVE_INFINITY;
