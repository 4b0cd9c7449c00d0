/** Half an hour of known samples, scraped every 15 s: counters that begin again, that begin late, that are away for a while. */

export interface KnownSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds, rising. */
  readonly samples: readonly { readonly at: number; readonly value: number }[];
}

export const FROM = Date.UTC(2026, 0, 5, 9);
export const MINUTES = 30;
const MINUTE = 60_000;
const SCRAPE = 15_000;
export const UNTIL = FROM + MINUTES * MINUTE;

/** Numbers of 0 to 1, the same each time (a linear congruential generator with the constants of Numerical Recipes). */
const numbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

interface Course {
  /** In minutes from the beginning. */
  readonly from?: number;
  readonly away?: readonly [number, number];
  readonly restart?: number;
}

const isAway = (minute: number, { from = 0, away }: Course): boolean =>
  minute < from || (away !== undefined && minute >= away[0] && minute < away[1]);

const times = Array.from({ length: (MINUTES * MINUTE) / SCRAPE + 1 }, (_, index) => FROM + index * SCRAPE);

/** Several counters that rise together, by what `rises` draws each time; a restart sets all of them to 0. */
const counters = (
  seed: number,
  course: Course,
  rises: (random: () => number) => readonly number[],
): KnownSeries['samples'][] => {
  const random = numbers(seed);
  const first = rises(numbers(0)).map(() => 0);
  let values: readonly number[] = first;
  const found: { at: number; value: number }[][] = first.map(() => []);
  for (const at of times) {
    const minute = (at - FROM) / MINUTE;
    if (course.restart === minute) values = first;
    const risen = rises(random);
    if (minute >= (course.from ?? 0)) values = values.map((value, index) => value + (risen[index] ?? 0));
    if (isAway(minute, course)) continue;
    for (const [index, value] of values.entries()) found[index]?.push({ at, value });
  }
  return found;
};

const EDGES = ['0.1', '0.25', '0.5', '1', '+Inf'] as const;

const pod = (
  target: string,
  name: string,
  seed: number,
  course: Course = {},
  perScrape = 40,
): KnownSeries[] => {
  const labels = { target, pod: name };
  const all = counters(seed, course, (random) => {
    const requests = Math.floor(random() * perScrape);
    const failures = Math.floor(random() * random() * requests * 0.2);
    const shares = [0.5, 0.8, 0.95, 0.99, 1].map((share) => Math.floor(requests * share));
    return [requests, failures, ...shares.slice(0, -1), requests];
  });
  const [requests = [], failures = [], ...buckets] = all;
  return [
    { name: 'rq_total', labels, samples: requests },
    { name: 'rq_failed_total', labels, samples: failures },
    ...EDGES.map((le, index) => ({
      name: 'rq_seconds_bucket',
      labels: { ...labels, le },
      samples: buckets[index] ?? [],
    })),
  ];
};

const gauge = (labels: KnownSeries['labels'], seed: number, course: Course = {}): KnownSeries => {
  const random = numbers(seed);
  const samples = times.map((at) => ({ at, value: Math.round(random() * 1000) / 8 }));
  return {
    name: 'queue_depth',
    labels,
    samples: samples.filter(({ at }) => !isAway((at - FROM) / MINUTE, course)),
  };
};

/** What there is; each with something that happens to counters in life. */
export const SERIES: readonly KnownSeries[] = [
  ...pod('primary', 'steady', 1),
  ...pod('primary', 'restarted', 2, { restart: 12 }),
  ...pod('primary', 'away-shortly', 3, { away: [8, 11] }),
  ...pod('primary', 'away-long', 4, { away: [15, 23] }),
  ...pod('canary', 'late', 5, { from: 5 }, 10),
  ...pod('canary', 'gone', 6, { away: [20, 31] }, 10),
  gauge({ queue: 'orders' }, 7),
  gauge({ queue: 'mail' }, 8, { away: [10, 20] }),
];
