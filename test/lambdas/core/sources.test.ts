import { describe, expect, it } from 'vitest';
import type { Counts, EvidenceQuery, MetricIdentity, Period } from '../../../lambdas/core/evidence.ts';
import type { MetricSource } from '../../../lambdas/core/ports.ts';
import { perMetric } from '../../../lambdas/core/sources.ts';
import type { SourceSpec } from '../../../lambdas/core/spec/source.ts';
import { exampleSpec } from './example-spec.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
const at = (n: number, sides: Partial<Record<'canary' | 'primary', Counts>>): Period => ({
  start: minute(n),
  end: minute(n + 1),
  ...sides,
});

class Source implements MetricSource {
  readonly asked: EvidenceQuery[] = [];
  readonly #name: string;
  readonly #periods: readonly Period[];

  constructor(name: string, periods: readonly Period[]) {
    this.#name = name;
    this.#periods = periods;
  }

  async identify(): Promise<MetricIdentity> {
    return { series: [], prefix: this.#name };
  }

  async periods(query: EvidenceQuery) {
    this.asked.push(query);
    return this.#periods;
  }

  async primaryPercentiles({ identity }: Pick<EvidenceQuery, 'identity'>) {
    return { milliseconds: { [`of ${identity.prefix}`]: 99 } };
  }
}

const traced = { xRay: { delay: 0, period: 60 as const } };
const analysis = exampleSpec({
  analysis: {
    metrics: [
      { name: 'request-success-rate', min: 99 },
      { name: 'request-duration', max: 500, source: traced },
    ],
  },
}).analysis;
const kindOf = ({ xRay }: SourceSpec) => (xRay === undefined ? 'cloudWatch' : 'xRay');
const query = {
  from: new Date(0),
  to: new Date(60_000),
  limits: { primary: [202], canary: [222] },
  percentiles: [99],
};
const router = { mesh: 'global', nodes: { primary: 'a', canary: 'b' } };

describe('metrics with sources of their own', () => {
  const success = new Source('success', [
    at(0, { canary: { requests: 100, failures: 2 }, primary: { requests: 900, failures: 1 } }),
    at(1, { canary: { requests: 90, failures: 0 } }),
  ]);
  const latency = new Source('latency', [
    at(0, {
      canary: { requests: 5, failures: 5, timed: 5, slower: { 222: 1 } },
      primary: { requests: 45, failures: 0, timed: 45, slower: { 202: 0 } },
    }),
    at(2, { canary: { requests: 7, failures: 0, timed: 7, slower: { 222: 0 } } }),
  ]);
  const source = perMetric(analysis, (of) => (kindOf(of) === 'xRay' ? latency : success));

  it('take failures from one and durations from the other, period by period', async () => {
    const identity = await source.identify(router, new Date(0));
    expect(await source.periods({ identity, ...query })).toEqual([
      at(0, {
        canary: { requests: 100, failures: 2, timed: 5, slower: { 222: 1 } },
        primary: { requests: 900, failures: 1, timed: 45, slower: { 202: 0 } },
      }),
      // Durations of a side that had no requests counted are nobody's.
      at(1, { canary: { requests: 90, failures: 0 } }),
    ]);
  });

  it('ask each of what it is the source of, by its own identity', async () => {
    const identity = await source.identify(router, new Date(0));
    await source.periods({ identity, ...query });
    expect(success.asked.at(-1)).toMatchObject({
      identity: { prefix: 'success' },
      limits: { primary: [], canary: [] },
    });
    expect(latency.asked.at(-1)).toMatchObject({ identity: { prefix: 'latency' }, limits: query.limits });
    const { milliseconds } = await source.primaryPercentiles({ identity, ...query });
    expect(milliseconds).toEqual({ 'of latency': 99 });
  });

  it('are one source where the spec has one', () => {
    const made: string[] = [];
    perMetric(exampleSpec().analysis, (of) => {
      made.push(kindOf(of));
      return success;
    });
    expect(made).toEqual(['cloudWatch']);
  });
});
