/** A statistic set as PutMetricData takes it: the values themselves are not known. */
export interface StatisticSet {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What was recorded of one metric in one period. `values` rise; `counts[i]` is how often `values[i]` came. */
export interface Distribution extends StatisticSet {
  readonly values: readonly number[];
  readonly counts: readonly number[];
  /** True when a part came as a statistic set: percentiles and trimmed statistics are then not available, as in AWS. */
  readonly summarized: boolean;
}

/** More different values than this in one period are put on the grid. */
const EXACT_VALUES = 1_024;

const bits = new DataView(new ArrayBuffer(8));

/**
 * The number of the grid's cell that holds a value: sign, exponent and the first 7 bits of the mantissa, 128 cells per
 * doubling. Cell numbers of positive values rise with the value.
 */
export const gridCell = (value: number): number => {
  bits.setFloat64(0, value);
  return bits.getUint32(0) >>> 13;
};

/** The middle of a cell: at most 0.4 % (1/256) from any value in it. Zero stays zero. */
export const gridValue = (cell: number): number => {
  if (cell === 0) return 0;
  bits.setUint32(0, ((cell << 13) | 0x1000) >>> 0);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
};

const fromCounts = (counts: ReadonlyMap<number, number>, exact?: Partial<StatisticSet>): Distribution => {
  const values = [...counts.keys()].sort((a, b) => a - b);
  let sampleCount = 0;
  let sum = 0;
  const ordered = values.map((value) => {
    const count = counts.get(value) ?? 0;
    sampleCount += count;
    sum += value * count;
    return count;
  });
  const minimum = values[0] ?? 0;
  const maximum = values.at(-1) ?? 0;
  return { sampleCount, sum, minimum, maximum, ...exact, values, counts: ordered, summarized: false };
};

const compress = (whole: Distribution): Distribution => {
  if (whole.values.length <= EXACT_VALUES) return whole;
  const counts = new Map<number, number>();
  whole.values.forEach((value, index) => {
    const middle = gridValue(gridCell(value));
    counts.set(middle, (counts.get(middle) ?? 0) + (whole.counts[index] ?? 0));
  });
  const { sampleCount, sum, minimum, maximum } = whole;
  return fromCounts(counts, { sampleCount, sum, minimum, maximum });
};

const isCounted = (values: readonly number[], counts: readonly number[]): boolean =>
  values.every(
    (value, index) => (counts[index] ?? 0) > 0 && (index === 0 || value > (values[index - 1] ?? value)),
  );

/** Of values that rise already, each with a count: nothing needs to be sorted or joined. */
const fromRising = (values: readonly number[], counts: readonly number[]): Distribution => {
  let sampleCount = 0;
  let sum = 0;
  values.forEach((value, index) => {
    const count = counts[index] ?? 0;
    sampleCount += count;
    sum += value * count;
  });
  const [minimum = 0] = values;
  return { sampleCount, sum, minimum, maximum: values.at(-1) ?? 0, values, counts, summarized: false };
};

/** The distribution of values with their counts (1 each where none are given). Zero counts are left out. */
export const distributionOf = (values: readonly number[], counts?: readonly number[]): Distribution => {
  if (counts?.length === values.length && isCounted(values, counts))
    return compress(fromRising(values, counts));
  const byValue = new Map<number, number>();
  values.forEach((value, index) => {
    const count = counts === undefined ? 1 : (counts[index] ?? 0);
    if (count > 0) byValue.set(value, (byValue.get(value) ?? 0) + count);
  });
  return compress(fromCounts(byValue));
};

/** A distribution of which only a statistic set is known; where it leaves but one value possible, that value is known. */
export const summaryOf = (set: StatisticSet): Distribution =>
  set.minimum === set.maximum && set.sum === set.minimum * set.sampleCount
    ? distributionOf([set.minimum], [set.sampleCount])
    : { ...set, values: [], counts: [], summarized: true };

/** All the parts as one. Sums, extremes and counts stay exact. */
export const merged = (parts: readonly Distribution[]): Distribution => {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const counts = new Map<number, number>();
  const totals = {
    sampleCount: 0,
    sum: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
  };
  let summarized = false;
  for (const part of parts) {
    totals.sampleCount += part.sampleCount;
    totals.sum += part.sum;
    totals.minimum = Math.min(totals.minimum, part.minimum);
    totals.maximum = Math.max(totals.maximum, part.maximum);
    summarized ||= part.summarized;
    part.values.forEach((value, index) => {
      counts.set(value, (counts.get(value) ?? 0) + (part.counts[index] ?? 0));
    });
  }
  return { ...compress(fromCounts(counts, totals)), summarized };
};
