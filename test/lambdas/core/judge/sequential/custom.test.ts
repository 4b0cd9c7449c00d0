import { describe, expect, it } from 'vitest';
import type { Period } from '../../../../../lambdas/core/evidence.ts';
import { customParts, observationOf } from '../../../../../lambdas/core/judge/sequential/from-period.ts';
import { latencyOf, settingsOf } from '../../../../../lambdas/core/judge/sequential/from-spec.ts';
import { NO_PAST } from '../../../../../lambdas/core/judge/sequential/past.ts';
import { partName } from '../../../../../lambdas/core/judge/sequential/sentence.ts';
import { begin } from '../../../../../lambdas/core/judge/sequential/state.ts';
import { finding, step } from '../../../../../lambdas/core/judge/sequential/step.ts';
import { parseSpec } from '../../../../../lambdas/core/spec/parse.ts';
import { writtenSpec } from '../../../../fakes/rollouts.ts';
import { exampleSpec } from '../../example-spec.ts';

const prometheus = { workspace: 'ws-0a1b2c3d-4e5f', callers: ['frontend'] };
const refused = { name: 'refused', total: 'orders_total', bad: 'orders_refused_total' };
const specOf = (custom: object) =>
  exampleSpec({ analysis: { judge: 'sequential', source: { prometheus }, custom: [custom] } });

const period = (canaryBad: number | undefined, primaryBad = 10): Period => ({
  start: '2026-01-01T00:00:00.000Z',
  end: '2026-01-01T00:01:00.000Z',
  canary: {
    requests: 1000,
    failures: 0,
    ...(canaryBad !== undefined && { custom: { refused: { requests: 1000, bad: canaryBad } } }),
  },
  primary: { requests: 9000, failures: 0, custom: { refused: { requests: 9000, bad: primaryBad } } },
});

/** The finding after so many equal periods. */
const judged = (spec: ReturnType<typeof specOf>, canaryBad: number | undefined, ticks = 6) => {
  const settings = settingsOf(spec, NO_PAST);
  let state = begin(settings, {}, 10_000);
  for (let tick = 0; tick < ticks; tick += 1)
    state = step(
      settings,
      state,
      observationOf(period(canaryBad), latencyOf(spec), [], customParts(settings)),
    );
  return finding(settings, state);
};

describe('a metric of the spec’s own', () => {
  it('rolls back by its counts though no request failed, and is named', () => {
    const found = judged(specOf(refused), 40);
    expect(found.rollBack).toBe(true);
    expect(found.parts.refused).toBeGreaterThan(100);
    expect([partName('refused'), partName('slo:refused'), partName('l99'), partName('err')]).toEqual([
      'refused',
      'refused',
      'request-duration',
      'request-success-rate',
    ]);
  });

  it('speaks against nobody who has as many bad ones, and stands in the way of promotion while it is not measured', () => {
    const same = judged(specOf(refused), 1, 3);
    expect([same.rollBack, same.hold]).toEqual([false, false]);
    const unmeasured = judged(specOf(refused), undefined, 30);
    expect(unmeasured.parts.refused).toBeCloseTo(1, 9);
    expect(unmeasured.promotable).toBe(false);
  });

  it('has a limit of its own where the spec says one, and its own share of the evidence', () => {
    const { limits, metrics } = settingsOf(specOf({ ...refused, max: 2, weight: 0.3, margin: 1 }), NO_PAST);
    expect(limits.refused).toEqual({ of: 'refused', limit: 0.02, weight: 0.05 });
    expect(metrics.refused).toMatchObject({ weight: 0.3, margin: 0.01, ratio: 1.1 });
  });

  it.each([
    [{ ...refused, name: 'err' }, prometheus, {}, 'must not be the name of a metric that there is'],
    [{ ...refused, bad: 'rate(x[1m])' }, prometheus, {}, 'must give counters themselves'],
    [
      { ...refused, total: { namespace: 'Shop', metric: 'Orders', stat: 'Sum' } },
      prometheus,
      {},
      'analysis.custom[0].total: must be PromQL',
    ],
    [{ ...refused, bad: 'orders{pod=~"{{deploymnt}}.*"}' }, prometheus, {}, 'did you mean {{deployment}}?'],
    [refused, prometheus, { judge: 'threshold' }, 'only the sequential judge compares it'],
  ])('%j with the source %j is refused where %j', (custom, source, change, problem) => {
    const written = writtenSpec();
    const analysis = {
      ...written.analysis,
      judge: 'sequential',
      ...(source && { source: { prometheus: source } }),
      custom: [custom],
      ...change,
    };
    const parsed = parseSpec({ ...written, analysis });
    expect(parsed.ok ? [] : parsed.problems).toEqual([expect.stringContaining(problem)]);
  });
});
