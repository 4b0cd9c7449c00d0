import type { RolloutSpec } from './schema.ts';

/** What a metric source has to count for a spec: the limits (ms) to count slower requests of, and the percentiles to fall back on. */
export const latencyLimits = ({ analysis }: RolloutSpec): { limits: number[]; percentiles: number[] } => {
  const durations = analysis.metrics.flatMap((metric) =>
    metric.name === 'request-duration' ? [metric] : [],
  );
  return {
    limits: [...new Set(durations.map(({ max }) => max))],
    percentiles: [...new Set(durations.map(({ percentile }) => percentile))],
  };
};
