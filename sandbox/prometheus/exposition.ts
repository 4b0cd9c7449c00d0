/** What Envoy would have exposed for Prometheus of the very points that the sandbox's CloudWatch has. */
import type { Distribution } from '../cloudwatch/distribution.ts';
import type { MetricStore, Place, Series } from '../cloudwatch/metric-store.ts';
import type { SeriesStore } from './evaluate.ts';
import type { Labels, Sampled } from './labels.ts';

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

/** Names as Prometheus has them: letters, digits, `_` and `:`. */
const legalName = (name: string): string => name.replace(/[^A-Za-z0-9_:]/g, '_').replace(/^(?=\d)/, '_');

/** What is no counter of the mesh is a gauge: its labels are the dimensions, by names that Prometheus can have. */
const gaugeLabels = ({ name, dimensions }: Series): Labels => ({
  __name__: legalName(name),
  ...Object.fromEntries(Object.entries(dimensions).map(([label, value]) => [legalName(label), value])),
});

/** A gauge that was not scraped for so long is gone (Prometheus' query.lookback-delta). */
const LOOKBACK_MS = 300_000;
/** Prometheus' usual scrape interval in a mesh. */
const SCRAPE_MS = 15_000;

interface Spanned {
  readonly start: number;
  readonly end: number;
  readonly distribution: Distribution;
}

/**
 * Counters as scrapes at `times` would show them: all that had ended by then, and of what is under way the part that had
 * passed, in whole requests. One is there from its first request on.
 */
const countedAt = (
  spans: readonly Spanned[],
  times: readonly number[],
  adds: Counter['adds'],
): Sampled['samples'] => {
  let next = 0;
  let ended = 0;
  return times.map((time) => {
    for (let span = spans[next]; span !== undefined && span.end <= time; span = spans[++next])
      ended += adds(span.distribution);
    const span = spans[next];
    if (span === undefined || span.start > time) return next === 0 ? undefined : ended;
    return ended + Math.floor((adds(span.distribution) * (time - span.start)) / (span.end - span.start));
  });
};

/** The mean of the newest span that had ended by each time. */
const gaugedAt = (spans: readonly Spanned[], times: readonly number[]): Sampled['samples'] =>
  times.map((time) => {
    const newest = spans.findLast(({ end }) => end <= time);
    if (newest === undefined || time - newest.end > LOOKBACK_MS) return undefined;
    const { sum, sampleCount } = newest.distribution;
    return sum / sampleCount;
  });

const select = (
  store: MetricStore,
  place: Place,
  times: readonly number[],
  matching: (labels: Labels) => boolean,
): Sampled[] =>
  store.list(place).flatMap((series) => {
    const counters = countersOf(series);
    if (counters.length === 0) {
      const labels = gaugeLabels(series);
      return matching(labels) ? [{ labels, samples: gaugedAt(store.spans(series, place), times) }] : [];
    }
    const wanted = counters.filter(({ labels }) => matching(labels));
    if (wanted.length === 0) return [];
    const spans = store.spans(series, place);
    return wanted.map(({ labels, adds }) => ({ labels, samples: countedAt(spans, times, adds) }));
  });

const scrapeTimes = (from: number, to: number): number[] => {
  const first = Math.ceil(from / SCRAPE_MS) * SCRAPE_MS;
  const count = Math.max(0, Math.floor((to - first) / SCRAPE_MS) + 1);
  return Array.from({ length: count }, (_, index) => first + index * SCRAPE_MS);
};

const isKnown = ({ samples }: Sampled): boolean => samples.some((value) => value !== undefined);

/** What a Prometheus that scrapes the callers' proxies would have of a place. */
export const prometheusOf = (store: MetricStore, place: Place): SeriesStore => ({
  select: (matching, times) => select(store, place, times, matching).filter(isKnown),
  scraped: (matching, from, to) => {
    const times = scrapeTimes(from, to);
    return select(store, place, times, matching)
      .filter(isKnown)
      .map(({ labels, samples }) => ({
        labels,
        samples: samples.flatMap((value, index) =>
          value === undefined ? [] : [{ at: times[index] ?? 0, value }],
        ),
      }));
  },
});
