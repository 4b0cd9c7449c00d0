import type { Clock } from '../clock.ts';
import { type Distribution, distributionOf, merged, type StatisticSet, summaryOf } from './distribution.ts';
import { MetricFeed, type MetricState } from './metric-feed.ts';

/** Where series live: CloudWatch keeps each account's and region's apart. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The identity of a time series. */
export interface SeriesName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What is recorded at once: one value, values with their counts, or a statistic set. */
export interface MetricPoint extends SeriesName, Partial<Place> {
  readonly unit?: string | undefined;
  /** The point's own time, epoch ms; it belongs to the minute (or second) that begins at or before it. */
  readonly at: number;
  readonly value?: number | undefined;
  readonly values?: readonly number[] | undefined;
  /** How often each of `values` came; 1 each when left out. */
  readonly counts?: readonly number[] | undefined;
  readonly statistics?: StatisticSet | undefined;
  /** Seconds that points are kept at: 60 (default), or 1 for high resolution. */
  readonly resolution?: number | undefined;
  /** When it reached CloudWatch, epoch ms; default now. An agent sends a period at its end. */
  readonly publishedAt?: number | undefined;
}

interface Part {
  readonly visibleFrom: number;
  readonly unit: string;
  readonly distribution: Distribution;
}

/** A time series as ListMetrics and SEARCH see it. */
export interface Series extends SeriesName, Place {
  /** When its first point became visible, epoch ms. */
  readonly firstSeen: number;
  /** The time of its newest point, epoch ms. */
  readonly lastAt: number;
  /** The unit of its last point. */
  readonly unit: string;
}

interface StoredSeries extends Series {
  firstSeen: number;
  lastAt: number;
  unit: string;
  readonly minutes: Map<number, Part[]>;
  readonly seconds: Map<number, Part[]>;
}

const MINUTE = 60_000;

const keyOf = ({ namespace, name, dimensions }: SeriesName, { account, region }: Place): string =>
  JSON.stringify([account, region, namespace, name, Object.entries(dimensions).sort()]);

const distributionIn = ({ value, values, counts, statistics }: MetricPoint): Distribution => {
  if (statistics !== undefined) return summaryOf(statistics);
  return distributionOf(values ?? (value === undefined ? [] : [value]), counts);
};

/** CloudWatch's time series. A point can be read from `publishedAt` plus the delay on; see `MetricFeed` for faults. */
export class MetricStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #home: Place;
  readonly #feed: MetricFeed;
  readonly #series = new Map<string, StoredSeries>();
  readonly #writers: (() => void)[] = [];

  /** @param home the account and region of points that name none */
  constructor({ clock, home }: { clock: Pick<Clock, 'now'>; home: Place }) {
    this.#clock = clock;
    this.#home = home;
    this.#feed = new MetricFeed(clock);
  }

  /** Epoch ms, in the sandbox's time. */
  now(): number {
    return this.#clock.now();
  }

  /** Asked before every read: traffic that is produced on demand catches up here. */
  beforeRead(write: () => void): void {
    this.#writers.push(write);
  }

  /** From now on points can be read this many ms after they were published. */
  setDelay(milliseconds: number): void {
    this.#catchUp();
    this.#feed.setDelay(milliseconds);
  }

  /** From now on points are kept, lost (`missing`) or come `by` ms later (`late`), judged by each point's own time. */
  setState(state: MetricState, options: { by?: number } = {}): void {
    this.#catchUp();
    this.#feed.setState(state, options);
  }

  record(point: MetricPoint): void {
    const publishedAt = point.publishedAt ?? this.now();
    const visibleFrom = this.#feed.visibleFrom(point.at, publishedAt);
    const distribution = distributionIn(point);
    if (visibleFrom === undefined || distribution.sampleCount === 0) return;
    const series = this.#seriesFor(point, visibleFrom);
    series.firstSeen = Math.min(series.firstSeen, visibleFrom);
    series.lastAt = Math.max(series.lastAt, point.at);
    series.unit = point.unit ?? 'None';
    const resolution = point.resolution === 1 ? 1_000 : MINUTE;
    const buckets = resolution === MINUTE ? series.minutes : series.seconds;
    const start = Math.floor(point.at / resolution) * resolution;
    const parts = buckets.get(start) ?? [];
    parts.push({ visibleFrom, unit: series.unit, distribution });
    buckets.set(start, parts);
  }

  /**
   * What can be read of a series now, by the start of its periods (epoch ms, aligned to the epoch) in [from, to). Periods
   * without a sample are left out. Periods under a minute hold high-resolution points only.
   */
  read(
    series: SeriesName,
    range: { from: number; to: number; period: number; unit?: string | undefined },
    place: Place = this.#home,
  ): Map<number, Distribution> {
    this.#catchUp();
    const found = new Map<number, Distribution>();
    const stored = this.#series.get(keyOf(series, place));
    if (stored === undefined) return found;
    for (
      let start = Math.floor(range.from / range.period) * range.period;
      start < range.to;
      start += range.period
    ) {
      const whole = this.#inPeriod(stored, start, range.period, range.unit);
      if (whole !== undefined) found.set(start, whole);
    }
    return found;
  }

  /** What can be read of a series now, as it was kept: when each minute or second begins and ends (epoch ms), and what was in it. */
  spans(
    series: SeriesName,
    place: Place = this.#home,
  ): { start: number; end: number; distribution: Distribution }[] {
    this.#catchUp();
    const stored = this.#series.get(keyOf(series, place));
    if (stored === undefined) return [];
    const of = (buckets: Map<number, Part[]>, length: number) =>
      [...buckets.keys()].flatMap((start) => {
        const parts: Distribution[] = [];
        this.#readBucket(buckets, start, undefined, parts);
        return parts.length === 0 ? [] : [{ start, end: start + length, distribution: merged(parts) }];
      });
    return [...of(stored.minutes, MINUTE), ...of(stored.seconds, 1_000)].sort((a, b) => a.end - b.end);
  }

  /** The unit that a series came in last; None for one that there is not. */
  unitOf(series: SeriesName, place: Place = this.#home): string {
    return this.#series.get(keyOf(series, place))?.unit ?? 'None';
  }

  /** Every series of a place, in the order of their first points. */
  list(place: Place = this.#home): Series[] {
    this.#catchUp();
    return [...this.#series.values()].filter(
      ({ account, region }) => account === place.account && region === place.region,
    );
  }

  #catchUp(): void {
    for (const write of this.#writers) write();
  }

  #seriesFor(point: MetricPoint, firstSeen: number): StoredSeries {
    const place = { account: point.account ?? this.#home.account, region: point.region ?? this.#home.region };
    const key = keyOf(point, place);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const { namespace, name, dimensions } = point;
    const created = { namespace, name, dimensions, ...place, firstSeen, lastAt: point.at, unit: 'None' };
    const stored = { ...created, minutes: new Map(), seconds: new Map() };
    this.#series.set(key, stored);
    return stored;
  }

  #inPeriod(stored: StoredSeries, start: number, period: number, unit?: string): Distribution | undefined {
    const parts: Distribution[] = [];
    const collect = (buckets: Map<number, Part[]>, step: number) => {
      if (buckets.size === 0) return;
      for (let at = start; at < start + period; at += step) this.#readBucket(buckets, at, unit, parts);
    };
    if (period >= MINUTE) collect(stored.minutes, MINUTE);
    collect(stored.seconds, 1_000);
    return parts.length === 0 ? undefined : merged(parts);
  }

  #readBucket(
    buckets: Map<number, Part[]>,
    at: number,
    unit: string | undefined,
    into: Distribution[],
  ): void {
    const parts = buckets.get(at);
    if (parts === undefined) return;
    const now = this.now();
    if (parts.length > 8) buckets.set(at, compacted(parts, now));
    for (const part of buckets.get(at) ?? []) {
      if (part.visibleFrom <= now && (unit === undefined || unit === part.unit)) into.push(part.distribution);
    }
  }
}

/** Many small parts that can all be read already become one per unit. */
const compacted = (parts: readonly Part[], now: number): Part[] => {
  const byUnit = new Map<string, Distribution[]>();
  for (const { visibleFrom, unit, distribution } of parts) {
    if (visibleFrom <= now) byUnit.set(unit, [...(byUnit.get(unit) ?? []), distribution]);
  }
  const whole = [...byUnit].map(([unit, distributions]) => ({
    visibleFrom: Number.NEGATIVE_INFINITY,
    unit,
    distribution: merged(distributions),
  }));
  return [...whole, ...parts.filter(({ visibleFrom }) => visibleFrom > now)];
};
