import type { Distribution } from './distribution.ts';

/** Computes one statistic of one period; undefined where CloudWatch has no datapoint for it. */
export type Statistic = (of: Distribution) => number | undefined;

const SIMPLE: Readonly<Record<string, Statistic>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ sampleCount }) => sampleCount,
  Average: ({ sum, sampleCount }) => sum / sampleCount,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** One end of a range: a value, or a percentage of the samples in rising order. */
interface Bound {
  readonly at: number;
  readonly percent: boolean;
}

interface Range {
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
}

/**
 * The smallest recorded value with at least p percent of the samples at or below it (numpy's `inverted_cdf`, R's type 1).
 * CloudWatch documents what pNN means, not how it interpolates; a recorded value is always an answer that it could give.
 */
export const percentile = ({ values, counts, sampleCount }: Distribution, p: number): number | undefined => {
  const rank = (p * sampleCount) / 100 - 1e-9 * sampleCount;
  let seen = 0;
  for (let index = 0; index < values.length; index++) {
    seen += counts[index] ?? 0;
    if (seen >= rank && seen > 0) return values[index];
  }
  return values.at(-1);
};

/** The samples between the bounds: how many (in parts of a sample at a percentage) and their sum. */
const between = (of: Distribution, { lower, upper }: Range): { count: number; sum: number } => {
  const from = lower?.percent ? (lower.at / 100) * of.sampleCount : 0;
  const to = upper?.percent ? (upper.at / 100) * of.sampleCount : of.sampleCount;
  const above = lower === undefined || lower.percent ? Number.NEGATIVE_INFINITY : lower.at;
  const upTo = upper === undefined || upper.percent ? Number.POSITIVE_INFINITY : upper.at;
  let count = 0;
  let sum = 0;
  let seen = 0;
  of.values.forEach((value, index) => {
    const samples = of.counts[index] ?? 0;
    const inside = Math.min(seen + samples, to) - Math.max(seen, from);
    seen += samples;
    if (inside <= 0 || value <= above || value > upTo) return;
    count += inside;
    sum += inside * value;
  });
  return { count, sum };
};

const valueAt = (of: Distribution, bound: Bound): number | undefined =>
  bound.percent ? percentile(of, bound.at) : bound.at;

const winsorizedMean = (of: Distribution, { lower, upper }: Range): number => {
  const least = (lower && valueAt(of, lower)) ?? Number.NEGATIVE_INFINITY;
  const most = (upper && valueAt(of, upper)) ?? Number.POSITIVE_INFINITY;
  const sum = of.values.reduce(
    (total, value, index) => total + Math.min(Math.max(value, least), most) * (of.counts[index] ?? 0),
    0,
  );
  return sum / of.sampleCount;
};

const RANGED: Readonly<Record<string, (of: Distribution, range: Range) => number | undefined>> = {
  tc: (of, range) => between(of, range).count,
  ts: (of, range) => between(of, range).sum,
  tm: (of, range) => {
    const { count, sum } = between(of, range);
    return count === 0 ? undefined : sum / count;
  },
  wm: winsorizedMean,
  pr: (of, range) => (between(of, range).count / of.sampleCount) * 100,
};

const parseBound = (text: string | undefined): Bound | undefined => {
  if (text === undefined || text === '') return undefined;
  const percent = text.endsWith('%');
  return { at: Number(percent ? text.slice(0, -1) : text), percent };
};

const NUMBER = String.raw`-?\d+(?:\.\d{1,10})?`;
const SHORT = new RegExp(`^(p|tm|wm|tc|ts)(${NUMBER})$`, 'i');
const LONG = new RegExp(`^(tm|wm|tc|ts|pr)\\((${NUMBER}%?)?:(${NUMBER}%?)?\\)$`, 'i');

/** Trimmed and percentile statistics need the values, and CloudWatch has none of them for negative ones. */
const needsValues =
  (statistic: Statistic): Statistic =>
  (of) =>
    of.summarized || of.minimum < 0 ? undefined : statistic(of);

/**
 * The statistic that a `Stat` names: Sum, SampleCount, Average, Minimum, Maximum, pNN, IQM, and TM, WM, TC, TS, PR in both
 * writings (`tm90`, `TC(100:)`, `TM(2%:98%)`). Lower bounds are exclusive, upper ones inclusive. Undefined when it names none.
 * Source: CloudWatch user guide, statistics definitions.
 */
export const parseStatistic = (text: string): Statistic | undefined => {
  const simple = SIMPLE[text];
  if (simple !== undefined) return simple;
  if (/^iqm$/i.test(text)) return parseStatistic('TM(25%:75%)');
  const short = SHORT.exec(text);
  if (short !== null) return parseShort(short[1]?.toLowerCase() ?? '', Number(short[2]));
  const long = LONG.exec(text);
  const ranged = RANGED[long?.[1]?.toLowerCase() ?? ''];
  if (long === null || ranged === undefined) return undefined;
  const range = { lower: parseBound(long[2]), upper: parseBound(long[3]) };
  if (range.lower === undefined && range.upper === undefined) return undefined;
  return needsValues((of) => ranged(of, range));
};

const parseShort = (name: string, at: number): Statistic | undefined => {
  if (at < 0 || at > 100) return undefined;
  const ranged = RANGED[name];
  if (ranged === undefined) return needsValues((of) => percentile(of, at));
  return needsValues((of) => ranged(of, { lower: undefined, upper: { at, percent: true } }));
};
