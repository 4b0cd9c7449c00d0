import { describe, expect, it } from 'vitest';
import { flaggerWould } from '../../../../lambdas/core/judge/flagger.ts';
import { exampleSpec } from '../example-spec.ts';
import { canaryCounts, minute, period } from './walk.ts';

const spec = exampleSpec();
const good = (n: number) => period(n, canaryCounts(600));
const bad = (n: number) => period(n, canaryCounts(600, 200));

describe("what Flagger's rule would have done", () => {
  it('promotes after one passing check a step', () => {
    expect(flaggerWould(spec, [0, 1, 2, 3].map(good))).toEqual({
      outcome: 'promoted',
      at: minute(3),
      failedRequests: 0,
    });
  });

  it('rolls back a tick after the last failure allowed, with that tick exposed as well', () => {
    expect(flaggerWould(spec, [0, 1, 2, 3, 4].map(bad))).toEqual({
      outcome: 'rolledBack',
      at: minute(4),
      failedRequests: 800,
    });
  });

  it('takes no data for a failure, whatever the spec says', () => {
    expect(
      flaggerWould(
        spec,
        [0, 1, 2, 3].map((n) => period(n)),
      ).outcome,
    ).toBe('rolledBack');
  });

  it('is undecided while neither is reached', () => {
    expect(flaggerWould(spec, [good(0), bad(1)])).toEqual({ outcome: 'undecided', failedRequests: 200 });
  });
});
