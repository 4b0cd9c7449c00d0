import { beforeEach, expect, test } from 'vitest';
import type { MetricSource } from '../../lambdas/core/ports.ts';
import type { Side } from '../../lambdas/core/rollout.ts';

/** What one caller saw of one side in the minute that begins so many minutes after noon. */
export interface Observation {
  readonly minute: number;
  readonly caller: string;
  readonly side: Side;
  readonly requests: number;
  readonly failures?: number;
  /** Published just now, so that it can be read but is not listed yet. */
  readonly fresh?: boolean;
  /** Milliseconds, with how many requests took so long. */
  readonly durations?: Readonly<Record<string, number>>;
}

/** A source of podinfo's minutes with the callers `frontend` and `batch`, and a way to put something in. */
export interface SourceUnderTest {
  readonly source: MetricSource;
  /** Epoch ms. */
  readonly noon: number;
  readonly observe: (...observations: Observation[]) => Promise<void>;
}

const ROUTER = { mesh: 'global', nodes: { primary: 'podinfo-primary', canary: 'podinfo-canary' } };

/** What every MetricSource does. */
export const metricSourceContract = (create: () => Promise<SourceUnderTest>): void => {
  let of: SourceUnderTest;
  beforeEach(async () => {
    of = await create();
  });
  const at = (minute: number) => new Date(of.noon + minute * 60_000);
  const read = async (from: number, to: number) =>
    of.source.periods({
      identity: await of.source.identify(ROUTER, at(to)),
      from: at(from),
      to: at(to),
      limits: { primary: [500], canary: [500] },
      percentiles: [99],
    });

  test('sums the callers of each side, period by period, oldest first', async () => {
    await of.observe(
      { minute: 1, caller: 'frontend', side: 'canary', requests: 20, failures: 2 },
      { minute: 0, caller: 'frontend', side: 'canary', requests: 30 },
      { minute: 0, caller: 'batch', side: 'canary', requests: 10, failures: 1 },
      { minute: 0, caller: 'frontend', side: 'primary', requests: 500 },
    );
    const periods = await read(0, 2);
    expect(periods.map(({ start, end }) => [start, end])).toEqual([
      [at(0).toISOString(), at(1).toISOString()],
      [at(1).toISOString(), at(2).toISOString()],
    ]);
    expect(periods[0]).toMatchObject({
      canary: { requests: 40, failures: 1 },
      primary: { requests: 500, failures: 0 },
    });
    expect(periods[1]).toMatchObject({ canary: { requests: 20, failures: 2 } });
    expect(periods[1]).not.toHaveProperty('primary');
  });

  test('counts the requests above a limit, the limit itself not among them', async () => {
    await of.observe({
      minute: 0,
      caller: 'frontend',
      side: 'canary',
      requests: 100,
      durations: { 40: 90, 500: 4, 501: 6 },
    });
    const [period] = await read(0, 1);
    expect(period?.canary).toMatchObject({ timed: 100, slower: { 500: 6 } });
  });

  test('has 0 above a limit where all were faster, not nothing', async () => {
    await of.observe({
      minute: 0,
      caller: 'frontend',
      side: 'canary',
      requests: 100,
      durations: { 40: 100 },
    });
    const [period] = await read(0, 1);
    expect(period?.canary?.slower).toEqual({ 500: 0 });
  });

  test('counts above the limits of each side, and of the sides that are asked for', async () => {
    const durations = { 40: 90, 300: 6, 600: 4 };
    await of.observe(
      { minute: 0, caller: 'frontend', side: 'canary', requests: 100, durations },
      { minute: 0, caller: 'frontend', side: 'primary', requests: 100, durations },
    );
    const query = {
      identity: await of.source.identify(ROUTER, at(1)),
      from: at(0),
      to: at(1),
      limits: { primary: [250], canary: [500, 700] },
      percentiles: [],
    };
    expect(await of.source.periods(query)).toMatchObject([
      { primary: { slower: { 250: 10 } }, canary: { slower: { 500: 4, 700: 0 } } },
    ]);
    const [alone] = await of.source.periods({ ...query, sides: ['primary'] });
    expect(alone).toMatchObject({ primary: { requests: 100, slower: { 250: 10 } } });
    expect(alone).not.toHaveProperty('canary');
  });

  test("tells where the primary's percentiles lie, and nothing where it had no requests", async () => {
    await of.observe(
      {
        minute: 0,
        caller: 'frontend',
        side: 'primary',
        requests: 100,
        durations: { 40: 80, 90: 16, 300: 4 },
      },
      {
        minute: 1,
        caller: 'frontend',
        side: 'primary',
        requests: 100,
        durations: { 40: 80, 90: 16, 300: 4 },
      },
      { minute: 1, caller: 'frontend', side: 'canary', requests: 100, durations: { 3000: 100 } },
    );
    const query = { identity: await of.source.identify(ROUTER, at(2)), percentiles: [75, 95, 99] };
    const found = await of.source.primaryPercentiles({ ...query, from: at(0), to: at(2) });
    const exact = { 75: 40, 95: 90, 99: 300 };
    const within = (percentile: 75 | 95 | 99) => {
      const value = found.milliseconds[percentile] ?? 0;
      // An edge of a histogram is near a percentile, and seldom on it.
      return found.coarse
        ? value >= exact[percentile] / 4 && value <= exact[percentile] * 4
        : value === exact[percentile];
    };
    expect([within(75), within(95), within(99)]).toEqual([true, true, true]);
    const before = await of.source.primaryPercentiles({ ...query, from: at(-180), to: at(-120) });
    expect(before.milliseconds).toEqual({});
  });

  test('leaves out whoever is not listed (I10)', async () => {
    await of.observe(
      { minute: 0, caller: 'loadtester', side: 'canary', requests: 9999, failures: 9999 },
      { minute: 0, caller: 'frontend', side: 'canary', requests: 10 },
    );
    expect((await read(0, 1))[0]?.canary).toMatchObject({ requests: 10, failures: 0 });
  });

  test('has nothing of a span without data, and finds a canary that first reports after the preflight', async () => {
    await of.observe({ minute: 0, caller: 'frontend', side: 'primary', requests: 500 });
    const identity = await of.source.identify(ROUTER, at(1));
    const query = {
      identity,
      from: at(1),
      to: at(2),
      limits: { primary: [500], canary: [500] },
      percentiles: [99],
    };
    expect(await of.source.periods(query)).toEqual([]);
    await of.observe({ minute: 1, caller: 'frontend', side: 'canary', requests: 25 });
    expect((await of.source.periods(query))[0]?.canary?.requests).toBe(25);
  });

  test('reads a service that nothing is listed of yet', async () => {
    await of.observe(
      { minute: 0, caller: 'frontend', side: 'primary', requests: 500, fresh: true },
      { minute: 0, caller: 'frontend', side: 'canary', requests: 25, failures: 1, fresh: true },
    );
    expect(await read(0, 1)).toMatchObject([
      { canary: { requests: 25, failures: 1 }, primary: { requests: 500, failures: 0 } },
    ]);
  });
};
