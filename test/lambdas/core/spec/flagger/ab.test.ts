import { expect, test } from 'vitest';
import { importCanary } from '../../../../../lambdas/core/spec/flagger/import-canary.ts';
import { matchOf } from '../../../../../lambdas/core/spec/match.ts';
import { steps } from './example-canary.ts';

const imported = (value: unknown) => {
  const result = importCanary(value);
  return result.ok ? result : expect.fail(result.problems.join('\n'));
};

test('iterations with match are A/B for the users of these headers', () => {
  const match = [{ headers: { cookie: { regex: '^(.*?;)?(canary=insider)(;.*)?$' } } }];
  const { spec, notes } = imported(steps({ iterations: 10, match }));
  expect(spec.strategy).toEqual({ ab: { iterations: 10, match, onTick: true } });
  expect(notes.filter(({ path }) => path.includes('match'))).toEqual([]);
});

test('of several entries any is enough, and that it differs from Flagger on App Mesh is said', () => {
  const match = [{ headers: { 'X-User': { exact: 'ana' } } }, { headers: { 'x-user': { prefix: 'test-' } } }];
  const { spec, notes } = imported(steps({ iterations: 10, match }));
  expect(matchOf(spec)).toEqual({ 'x-user': { regex: '(ana)|(test-.*)' } });
  expect(notes.find(({ path }) => path === 'spec.analysis.match')?.text).toContain('any of its entries');
});

test('many iterations have the time that they need', () => {
  const match = [{ headers: { 'x-user': { exact: 'ana' } } }];
  const { spec } = imported(steps({ iterations: 100, interval: '5m', match }));
  expect(spec.analysis.deadline).toBeGreaterThan(100 * 300);
});
