import { describe, expect, it } from 'vitest';
import type { EvidenceQuery, LatencyPercentiles, Period } from '../../../../../lambdas/core/evidence.ts';
import { beforehand } from '../../../../../lambdas/core/judge/sequential/beforehand.ts';
import { readPast } from '../../../../../lambdas/core/judge/sequential/read-past.ts';
import type { MetricSource } from '../../../../../lambdas/core/ports.ts';
import { exampleSpec } from '../../example-spec.ts';

const NOW = '2026-11-21T12:00:30.000Z';
const noon = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;

/** A primary with so many requests in each minute, of which as many are bad as its rates say. */
class Primary implements MetricSource {
  readonly asked: EvidenceQuery[] = [];
  readonly #requests: number;
  readonly #told: LatencyPercentiles;
  readonly #counts: boolean;

  constructor(
    requests: number,
    told: LatencyPercentiles = { milliseconds: { 75: 75.04, 95: 134.2, 99: 202.7 } },
    counts = true,
  ) {
    this.#requests = requests;
    this.#told = told;
    this.#counts = counts;
  }

  async identify() {
    return { series: [] };
  }

  async primaryPercentiles() {
    return this.#told;
  }

  async periods(query: EvidenceQuery): Promise<readonly Period[]> {
    this.asked.push(query);
    if (this.#requests === 0) return [];
    const minutes = (query.to.getTime() - query.from.getTime()) / 60_000;
    return Array.from({ length: minutes }, (_, index) => {
      const start = query.from.getTime() + index * 60_000;
      const slower = query.limits.primary.map((limit) => [
        limit,
        Math.round(this.#requests * (limit < 100 ? 0.25 : 0.01)),
      ]);
      return {
        start: new Date(start).toISOString(),
        end: new Date(start + 60_000).toISOString(),
        primary: {
          requests: this.#requests,
          failures: index % 10 === 0 ? Math.round(this.#requests / 100) : 0,
          timed: this.#requests,
          ...(this.#counts && { slower: Object.fromEntries(slower) }),
        },
      };
    });
  }
}

const spec = exampleSpec({ analysis: { judge: 'sequential', threshold: undefined } });
const read = (source: MetricSource, of = spec) => readPast(of, source, { series: [] }, NOW);

describe('the primary’s past', () => {
  it('is three hours of it alone, until what can be read by now', async () => {
    const source = new Primary(6000);
    const { past, history } = await read(source);
    expect(source.asked).toMatchObject([
      { from: new Date(noon - 3 * HOUR), to: new Date(noon), sides: ['primary'] },
    ]);
    expect(past).toMatchObject({ schema: 1, periods: 180, requestsPerTick: 6000 });
    expect(Object.keys(history)).toEqual(['err', 'l75', 'l95', 'l99']);
    expect(past.metrics.err?.rate).toBeCloseTo(0.001, 5);
    expect(past.metrics.l75?.rate).toBeCloseTo(0.25, 4);
  });

  it('has limits of three digits, the canary’s a tenth above the primary’s', async () => {
    const { past } = await read(new Primary(6000));
    expect(past.latency).toEqual({
      l75: { primary: 75, canary: 82.5 },
      l95: { primary: 134, canary: 147 },
      l99: { primary: 203, canary: 223 },
    });
  });

  it('is small enough to travel in every tick', async () => {
    expect(JSON.stringify((await read(new Primary(6000))).past).length).toBeLessThan(1000);
  });

  it('reaches back twelve hours below fifty requests a second, oldest first', async () => {
    const source = new Primary(60);
    const { past, history } = await read(source);
    expect(source.asked.map(({ from, to }) => [from.getTime() - noon, to.getTime() - noon])).toEqual([
      [-3 * HOUR, 0],
      [-12 * HOUR, -3 * HOUR],
    ]);
    expect(past.periods).toBe(720);
    expect(history.err).toHaveLength(720);
  });

  it('reaches back as far as the spec says', async () => {
    const source = new Primary(60);
    await read(source, exampleSpec({ analysis: { judge: 'sequential', sequential: { history: '30m' } } }));
    expect(source.asked.map(({ from }) => from.getTime() - noon)).toEqual([-HOUR / 2]);
  });

  it('has the same limit for both where only the edges of a histogram are counted', async () => {
    const { past } = await read(new Primary(6000, { milliseconds: { 99: 250 }, coarse: true }));
    expect(past).toMatchObject({ coarse: true, latency: { l99: { primary: 250, canary: 250 } } });
  });

  it('says where durations come as percentiles only', async () => {
    const { past } = await read(new Primary(6000, undefined, false));
    expect(past).toMatchObject({ percentilesOnly: true, latency: {} });
    expect(Object.keys(past.metrics)).toEqual(['err']);
  });

  it('of a primary that nothing was measured of is empty', async () => {
    const { past } = await read(new Primary(0, { milliseconds: {} }));
    expect(past).toMatchObject({ periods: 0, latency: {}, requestsPerTick: 0 });
  });
});

describe('beforehand', () => {
  const said = async (requests: number) => beforehand(spec, (await read(new Primary(requests))).past);

  it('says how long the proof takes with much traffic', async () => {
    expect(await said(60_000)).toMatchObject({
      enough: true,
      say: expect.stringMatching(/^at 1,000 requests a second promotion takes about \d+ minutes? of proof/),
    });
  });

  it('says that little traffic will most likely end inconclusive', async () => {
    const { enough, say } = await said(12);
    expect(enough).toBe(false);
    expect(say).toMatch(
      /at 0\.2 requests a second .* to prove, and the deadline is 1h: most likely inconclusive$/,
    );
  });

  it('promises nothing where the primary has no metrics', async () => {
    const { past } = await read(new Primary(0, { milliseconds: {} }));
    expect(beforehand(spec, past).say).toContain('the primary has no metrics yet');
  });
});
