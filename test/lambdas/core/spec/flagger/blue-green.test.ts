import { describe, expect, test } from 'vitest';
import { importCanary } from '../../../../../lambdas/core/spec/flagger/import-canary.ts';
import { canary, steps } from './example-canary.ts';

const imported = (value: unknown) => {
  const result = importCanary(value);
  return result.ok ? result : expect.fail(result.problems.join('\n'));
};

const said = (notes: readonly { path: string; text: string }[]): string =>
  notes.map(({ path, text }) => `${path}: ${text}`).join('\n');

describe('iterations without match', () => {
  test('are blue/green, and what a load test sends before the switch is judged, as with Flagger', () => {
    const { spec, notes } = imported(steps({ iterations: 5, stepWeightPromotion: 50 }));
    expect(spec.strategy).toEqual({
      blueGreen: { iterations: 5, countUnrouted: true, stepWeightPromotion: 50, onTick: true },
    });
    expect(spec.analysis).toMatchObject({ judge: 'threshold', noData: 'fail' });
    expect(said(notes)).toContain('spec.analysis.iterations: becomes strategy.blueGreen');
  });

  test('many of them have the time that they need', () => {
    const { spec } = imported(steps({ iterations: 100, interval: '5m' }));
    expect(spec.analysis.deadline).toBeGreaterThan(100 * 300);
  });
});

describe('provider kubernetes', () => {
  const forced = (analysis: object) =>
    imported(canary({ spec: { provider: 'kubernetes' }, analysis: { ...analysis } }));

  test('is blue/green whatever the weights say, with ten iterations where there are none', () => {
    const { spec, notes } = forced({});
    expect(spec.strategy).toMatchObject({ blueGreen: { iterations: 10 } });
    expect(said(notes)).toMatch(/spec\.analysis\.iterations: 0 becomes 10/);
    expect(said(notes)).toMatch(/spec\.provider: kubernetes has no router/);
  });

  test('does not read match', () => {
    const { spec, notes } = forced({ iterations: 2, match: [{ headers: { 'x-canary': { exact: 'yes' } } }] });
    expect(spec.strategy).toMatchObject({ blueGreen: { iterations: 2 } });
    expect(said(notes)).toContain('spec.analysis.match: left out');
  });
});
