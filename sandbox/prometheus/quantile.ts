import { keyOf, type Labels, nameless, type Sampled } from './labels.ts';

/** A cumulative bucket: its upper edge, and what lies at or below it. */
type Bucket = readonly [edge: number, count: number];

/** Counts that are below the bucket before them, by late samples or rounding, are taken as equal. */
const rising = (buckets: readonly Bucket[]): Bucket[] => {
  let most = 0;
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([edge, count]) => {
      most = Math.max(most, count);
      return [edge, most] as const;
    });
};

/** By interpolation within a bucket (prometheus/prometheus promql/quantile.go, bucketQuantile). */
const quantileOf = (share: number, found: readonly Bucket[]): number => {
  if (Number.isNaN(share)) return Number.NaN;
  if (share < 0) return Number.NEGATIVE_INFINITY;
  if (share > 1) return Number.POSITIVE_INFINITY;
  const buckets = rising(found);
  const last = buckets.at(-1);
  if (last === undefined || last[0] !== Number.POSITIVE_INFINITY || buckets.length < 2 || last[1] === 0)
    return Number.NaN;
  const rank = share * last[1];
  const index = buckets.findIndex(([, count]) => count >= rank);
  const [edge, count] = buckets[index] ?? last;
  if (edge === Number.POSITIVE_INFINITY) return buckets.at(-2)?.[0] ?? Number.NaN;
  if (index === 0 && edge <= 0) return edge;
  const [start, below] = index === 0 ? [0, 0] : (buckets[index - 1] ?? [0, 0]);
  return start + (edge - start) * ((rank - below) / (count - below));
};

const withoutEdge = ({ le: _edge, ...labels }: Labels): Labels => nameless(labels);
const edgeOf = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

/** histogram_quantile() of classic histograms. @param shares at each time */
export const histogramQuantile = (shares: readonly number[], of: readonly Sampled[]): Sampled[] => {
  const buckets = of.filter(({ labels }) => labels.le !== undefined && !Number.isNaN(edgeOf(labels.le)));
  const groups = Map.groupBy(buckets, ({ labels }) => keyOf(withoutEdge(labels)));
  return [...groups.values()].map((group) => ({
    labels: withoutEdge(group[0]?.labels ?? {}),
    samples: shares.map((share, index) => {
      const found = group.flatMap(({ labels, samples }): Bucket[] => {
        const count = samples[index];
        return count === undefined ? [] : [[edgeOf(labels.le ?? ''), count]];
      });
      return found.length === 0 ? undefined : quantileOf(share, found);
    }),
  }));
};
