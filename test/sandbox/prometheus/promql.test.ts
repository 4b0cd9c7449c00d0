import { describe, expect, test } from 'vitest';
import { evaluate, type SeriesStore } from '../../../sandbox/prometheus/evaluate.ts';
import type { Sampled } from '../../../sandbox/prometheus/labels.ts';
import { parsePromQl } from '../../../sandbox/prometheus/promql.ts';

const DATA: readonly Sampled[] = [
  { labels: { __name__: 'rq', caller: 'a', code: '200' }, samples: [10, 20] },
  { labels: { __name__: 'rq', caller: 'a', code: '503' }, samples: [undefined, 2] },
  { labels: { __name__: 'rq', caller: 'b', code: '200' }, samples: [5, 6] },
  { labels: { __name__: 'other', caller: 'a' }, samples: [1, 1] },
];
const run = (query: string) => {
  const store: SeriesStore = {
    select: (matching) => DATA.filter(({ labels }) => matching(labels)),
    scraped: () => [],
  };
  const found = evaluate(parsePromQl(query), [0, 60_000], store);
  return 'vector' in found ? found.vector.map(({ labels, samples }) => [labels, samples]) : found.scalar;
};

// Answers of prometheus/prometheus v0.305.0 (promql.Engine) on the same series.
describe('the queries that the sandbox evaluates give what Prometheus gives', () => {
  test.each([
    ['rq{caller="a",code=~"5.."}', [[{ __name__: 'rq', caller: 'a', code: '503' }, [undefined, 2]]]],
    ['rq{caller!="a"}', [[{ __name__: 'rq', caller: 'b', code: '200' }, [5, 6]]]],
    ['{__name__=~"o.*"}', [[{ __name__: 'other', caller: 'a' }, [1, 1]]]],
    ['rq{code!~"2.*|4.*"}', [[{ __name__: 'rq', caller: 'a', code: '503' }, [undefined, 2]]]],
    ['rq{code="50"}', []],
    ['sum(rq)', [[{}, [15, 28]]]],
    [
      'sum by (caller) (rq)',
      [
        [{ caller: 'a' }, [10, 22]],
        [{ caller: 'b' }, [5, 6]],
      ],
    ],
    [
      'sum without (code) (rq)',
      [
        [{ caller: 'a' }, [10, 22]],
        [{ caller: 'b' }, [5, 6]],
      ],
    ],
    ['sum(rq{code="503"}) or sum(other)', [[{}, [1, 2]]]],
  ])('%s', (query, wanted) => {
    expect(run(query)).toEqual(wanted);
  });

  test.each([
    'rq{',
    'sum(',
    'topk(1, rq)',
    'rq offset 5m',
    'rate(rq)',
    'rq * on (a) group_left rq',
    '1 > 2',
    'rq and 1',
    'rq{code="200"} / ignoring (caller) rq{code="200"}',
    '',
  ])('%j is refused', (query) => {
    expect(() => run(query)).toThrow();
  });
});
