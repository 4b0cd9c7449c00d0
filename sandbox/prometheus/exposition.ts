/** What Envoy would have exposed for Prometheus of the very points that the sandbox's CloudWatch has. */
import type { Distribution } from '../cloudwatch/distribution.ts';
import type { MetricStore, Place, Series } from '../cloudwatch/metric-store.ts';
import type { Labels, Sampled } from './evaluate.ts';

/** The metrics extension's names begin so in Prometheus' format (App Mesh user guide, "metrics"). */
const PREFIX = 'envoy_appmesh_';
const COUNTERS: readonly string[] = [
  'RequestCountPerTarget',
  'HTTPCode_Target_2XX_Count',
  'HTTPCode_Target_5XX_Count',
];
const DURATION = 'TargetResponseTime';

/** Envoy's default histogram buckets in milliseconds (envoyproxy/envoy source/common/stats/histogram_impl.cc). */
const EDGES: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000,
  3600000,
];

/** Counts at or below each edge, and all, of one distribution: computed once. */
const bucketsOf = (() => {
  const known = new WeakMap<Distribution, readonly number[]>();
  return (distribution: Distribution): readonly number[] => {
    const found = known.get(distribution);
    if (found !== undefined) return found;
    const counts = EDGES.map((edge) =>
      distribution.values.reduce(
        (sum, value, index) => (value <= edge ? sum + (distribution.counts[index] ?? 0) : sum),
        0,
      ),
    );
    const all = [...counts, distribution.sampleCount];
    known.set(distribution, all);
    return all;
  };
})();

/** One counter of a series: its labels, and what a span adds to it. */
interface Counter {
  readonly labels: Labels;
  readonly adds: (distribution: Distribution) => number;
}

const countersOf = ({ name, dimensions }: Series): Counter[] => {
  if (COUNTERS.includes(name))
    return [{ labels: { __name__: `${PREFIX}${name}`, ...dimensions }, adds: ({ sum }) => sum }];
  if (name !== DURATION) return [];
  const buckets = [...EDGES.map(String), '+Inf'].map((le, index) => ({
    labels: { __name__: `${PREFIX}${DURATION}_bucket`, ...dimensions, le },
    adds: (distribution: Distribution) => bucketsOf(distribution)[index] ?? 0,
  }));
  return [
    ...buckets,
    {
      labels: { __name__: `${PREFIX}${DURATION}_count`, ...dimensions },
      adds: ({ sampleCount }) => sampleCount,
    },
    { labels: { __name__: `${PREFIX}${DURATION}_sum`, ...dimensions }, adds: ({ sum }) => sum },
  ];
};

/**
 * Counters as scrapes at `times` (epoch ms, rising) would show them: all that had ended by then. A counter is there from
 * its first point on.
 */
export const sampled = (
  store: MetricStore,
  place: Place,
  times: readonly number[],
  matching: (labels: Labels) => boolean,
): Sampled[] =>
  store.list(place).flatMap((series) => {
    const counters = countersOf(series).filter(({ labels }) => matching(labels));
    if (counters.length === 0) return [];
    const spans = store.spans(series, place);
    return counters.flatMap(({ labels, adds }) => {
      let next = 0;
      let value: number | undefined;
      const samples = times.map((time) => {
        for (let span = spans[next]; span !== undefined && span.end <= time; span = spans[++next])
          value = (value ?? 0) + adds(span.distribution);
        return value;
      });
      return value === undefined ? [] : [{ labels, samples }];
    });
  });
