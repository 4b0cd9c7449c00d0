import type { EvidenceQuery } from '../evidence.ts';
import type { RolloutSpec } from './schema.ts';

/** What a metric source has to count for a spec: the limits (ms) to count slower requests of, and the percentiles to fall back on. */
export const latencyLimits = ({ analysis }: RolloutSpec): Pick<EvidenceQuery, 'limits' | 'percentiles'> => {
  const durations = analysis.metrics.flatMap((metric) =>
    metric.name === 'request-duration' ? [metric] : [],
  );
  const limits = [...new Set(durations.map(({ max }) => max))];
  return {
    limits: { primary: limits, canary: limits },
    percentiles: [...new Set(durations.map(({ percentile }) => percentile))],
  };
};

/** Failed checks that roll back; never reached where the spec counts none. */
export const thresholdOf = ({ analysis }: Pick<RolloutSpec, 'analysis'>): number =>
  analysis.threshold ?? Number.POSITIVE_INFINITY;
