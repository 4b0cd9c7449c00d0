import { expect, it } from 'vitest';
import { watchPrimary } from '../../../../lambdas/core/judge/watch-primary.ts';
import { exampleSpec } from '../example-spec.ts';
import { canaryCounts, period } from './walk.ts';

const spec = exampleSpec();
const primary = (n: number, requests: number, failures: number, slow = 0) => ({
  ...period(n),
  primary: canaryCounts(requests, failures, slow),
});

it('sums what the new primary answered', () => {
  expect(watchPrimary([primary(0, 6000, 3), primary(1, 6000, 3)], spec)).toEqual({
    healthy: true,
    say: 'The new primary serves: 99.95 % of 12,000 requests succeeded.',
  });
});

it('names the limit that it violates', () => {
  expect(watchPrimary([primary(0, 6000, 0), primary(1, 6000, 240)], spec)).toEqual({
    healthy: false,
    say: 'The new primary violates a limit: request-success-rate: 98 % of 12,000 primary requests succeeded (at least 99 % wanted).',
  });
  expect(watchPrimary([primary(0, 6000, 0, 90)], spec).say).toContain(
    'request-duration: 1.5 % of 6,000 primary requests took longer than 500 ms',
  );
});

it('says when nothing was measured yet, with noData: fail too', () => {
  const strict = exampleSpec({ analysis: { noData: 'fail' } });
  expect(watchPrimary([], strict)).toEqual({
    healthy: true,
    say: 'The new primary serves; its metrics are not there yet.',
  });
});
