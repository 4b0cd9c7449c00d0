import { describe, expect, test } from 'vitest';
import { checksNeeded, shortestSeconds, steps } from '../../../../lambdas/core/plan.ts';
import { asRegex, mergedMatch } from '../../../../lambdas/core/spec/match.ts';
import type { RequestMatch } from '../../../../lambdas/core/spec/match-schema.ts';
import { parseSpec } from '../../../../lambdas/core/spec/parse.ts';
import { spec, writtenSpec } from '../../../fakes/rollouts.ts';

const insiders = { headers: { 'x-canary': { exact: 'insider' } } };
const withStrategy = (strategy: unknown, more: object = {}) => ({ ...writtenSpec(), strategy, ...more });
const problemsOf = (strategy: unknown, more: object = {}): readonly string[] => {
  const parsed = parseSpec(withStrategy(strategy, more));
  return parsed.ok ? [] : parsed.problems;
};

test('A/B has one weight, all that matches, and counts iterations', () => {
  const ab = spec(() => withStrategy({ ab: { iterations: 3, match: [insiders] } }));
  expect(steps(ab)).toEqual([100]);
  expect(checksNeeded(ab)).toBe(3);
  // Settle 1m, the metrics' delay 2m, a period of 1m, and then an interval for each further iteration.
  expect(shortestSeconds(ab)).toBe(6 * 60);
});

test('without a number there are ten iterations, as in the examples that people know', () => {
  expect(checksNeeded(spec(() => withStrategy({ ab: { match: [insiders] } })))).toBe(10);
});

describe('each mistake is one line with path, value and fix', () => {
  test.each<[string, unknown, readonly string[]]>([
    [
      'two strategies',
      { canary: { stepWeight: 5 }, ab: { match: [insiders] } },
      [
        'strategy.ab: must not stand beside canary, got {"match":[{"headers":{"x-canary":{"exact":"insider"}}}]}; leave one of them out',
      ],
    ],
    [
      'mistakes within one strategy, all at once',
      { ab: { iterations: 0, matches: [] } },
      [
        'strategy.ab.iterations: must be 1 or more, got 0',
        'strategy.ab.match: is missing: it must be a list, got nothing',
        'strategy.ab.matches: unknown key, got []; did you mean match?',
      ],
    ],
    ['no users', { ab: { match: [] } }, ['strategy.ab.match: must have at least one entry, got []']],
    [
      'an entry without a header',
      { ab: { match: [{ headers: {} }] } },
      ['strategy.ab.match[0].headers: must name at least one header, got {}'],
    ],
    [
      'a header twice',
      { ab: { match: [{ headers: { 'X-Canary': { exact: 'a' }, 'x-canary': { exact: 'b' } } }] } },
      [
        'strategy.ab.match[0].headers: must name each header once: upper and lower case are the same, got {"X-Canary":{"exact":"a"},"x-canary":{"exact":"b"}}',
      ],
    ],
    [
      'two conditions for one header',
      { ab: { match: [{ headers: { cookie: { exact: 'a', regex: 'b' } } }] } },
      [
        'strategy.ab.match[0].headers.cookie.regex: must not stand beside exact, got "b"; leave one of them out',
      ],
    ],
    [
      'a lookahead',
      { ab: { match: [{ headers: { cookie: { regex: '(?!beta).*' } } }] } },
      [
        'strategy.ab.match[0].headers.cookie.regex: must be one for RE2, without lookarounds and references, got "(?!beta).*"',
      ],
    ],
    [
      'entries with other headers, which one route cannot mean',
      { ab: { match: [insiders, { headers: { cookie: { exact: 'a' } } }] } },
      [
        'strategy.ab.match: must say in one route whose requests go to the canary, so entries, of which any is enough, may differ in one header only (and in 255 characters together), got 2 entries of x-canary, cookie; write headers that must all match into one entry',
      ],
    ],
    [
      'more iterations than the deadline leaves time for',
      { ab: { iterations: 60, match: [insiders] } },
      [
        'analysis.deadline: must be at least 1h3m, what 60 iterations take (router.settle, source.period and source.delay, and then an interval each), got 1h',
      ],
    ],
  ])('%s', (_, strategy, problems) => {
    expect(problemsOf(strategy)).toEqual(problems);
  });
});

describe('entries, of which any is enough, as the conditions of one route', () => {
  const cookie = (condition: RequestMatch['headers'][string]) => ({ headers: { Cookie: condition } });

  test('one entry stays as it is, with names in lower case', () => {
    expect(mergedMatch([cookie({ prefix: 'a' })])).toEqual({ cookie: { prefix: 'a' } });
  });

  test('entries that differ in one header become one regular expression that each of their values matches whole', () => {
    const merged = mergedMatch([
      cookie({ exact: 'a.b' }),
      cookie({ prefix: 'c+' }),
      cookie({ suffix: '?d' }),
      cookie({ regex: '^e{2,3}$' }),
    ]);
    const whole = new RegExp(`^(?:${merged?.cookie && asRegex(merged.cookie)})$`);
    const matches = (value: string) => whole.test(value);
    expect(['a.b', 'c+', 'c+more', 'much?d', 'ee', 'eee'].map(matches)).toEqual(Array(6).fill(true));
    expect(['aab', 'a.bc', 'cc', '?de', 'e', 'eeee', ''].map(matches)).toEqual(Array(7).fill(false));
  });

  test('what they have in common stays a condition', () => {
    const both = (value: string) => ({ headers: { 'x-app': { exact: 'web' }, 'x-user': { exact: value } } });
    expect(mergedMatch([both('ana'), both('ben')])).toEqual({
      'x-app': { exact: 'web' },
      'x-user': { regex: '(ana)|(ben)' },
    });
  });

  test('a regular expression longer than a route takes is none', () => {
    const long = (letter: string) => cookie({ exact: letter.repeat(200) });
    expect(mergedMatch([long('a')])).toBeDefined();
    expect(mergedMatch([long('a'), long('b')])).toBeUndefined();
  });
});
