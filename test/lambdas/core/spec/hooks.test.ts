import { describe, expect, test } from 'vitest';
import { type HookSpec, longestSeconds } from '../../../../lambdas/core/spec/hooks.ts';
import { parseSpec } from '../../../../lambdas/core/spec/parse.ts';
import { spec, writtenSpec } from '../../../fakes/rollouts.ts';

const url = 'https://tests.example.com/check';

const problemsOf = (...hooks: object[]): readonly string[] => {
  const parsed = parseSpec({ ...writtenSpec(), hooks });
  return parsed.ok ? [] : parsed.problems;
};

test('a hook without a type is called at each tick, for ten seconds, once', () => {
  const { hooks } = spec((written) => ({ ...written, hooks: [{ name: 'load-test', url }] }));
  expect(hooks).toEqual([
    {
      name: 'load-test',
      type: 'rollout',
      url,
      timeout: 10,
      retries: 0,
      metadata: {},
      headers: {},
      disableTLS: false,
      muteAlert: false,
    },
  ]);
});

test('parsing hooks and gates twice changes nothing', () => {
  const once = spec((written) => ({
    ...written,
    hooks: [
      {
        name: 'tests',
        type: 'pre-rollout',
        url,
        timeout: '3m',
        headers: { Authorization: 'secret:hooks/token' },
      },
    ],
    gates: [{ before: 25, timeout: '2h' }, { before: 'promotion' }],
  }));
  expect(parseSpec(once)).toEqual({ ok: true, value: once });
  expect(once.gates).toEqual([
    { before: 25, timeout: 7200 },
    { before: 'promotion', timeout: 86_400 },
  ]);
});

describe('each mistake is one line', () => {
  test.each<[object, string]>([
    [
      { name: 'a', type: 'pre-rolout', url },
      'hooks[0].type: must be confirm-rollout, pre-rollout, rollout, confirm-traffic-increase, confirm-promotion, post-rollout, rollback, event, got "pre-rolout"',
    ],
    [{ name: 'a' }, 'hooks[0].url: must be given, or function, and not both, got nothing'],
    [
      { name: 'a', url: 'ftp://x' },
      'hooks[0].url: must be an http or https address without user and password, such as https://tests.example.com/check, got "ftp://x"',
    ],
    [
      { name: 'a', url: 'https://u:p@host/' },
      'hooks[0].url: must be an http or https address without user and password, such as https://tests.example.com/check, got "https://u:p@host/"',
    ],
    [
      { name: 'a', function: 'check' },
      'hooks[0].function: must be the ARN of a Lambda function, got "check"',
    ],
    [
      { name: 'a', url, headers: { Authorization: 'Bearer abc' } },
      'hooks[0].headers.Authorization: must be secret:NAME: a spec is no place for a secret, got "Bearer abc"',
    ],
    [
      { name: 'a', url, headers: { Host: 'x' } },
      'hooks[0].headers.Host: is set by the call itself: leave it out, got "x"',
    ],
    [
      { name: 'a', url, headers: { 'X-Team': 'a\nb' } },
      'hooks[0].headers.X-Team: must be printable ASCII, got "a\\nb"',
    ],
    [{ name: 'a', url, timeuot: '5s' }, 'hooks[0].timeuot: unknown key, got "5s"; did you mean timeout?'],
    [
      { name: 'a', url, timeout: '1h' },
      'hooks[0].timeout: must be a duration of 1s to 5m, such as 1m, got "1h"',
    ],
  ])('%j', (hook, line) => {
    expect(problemsOf(hook)).toEqual([line]);
  });

  test('two hooks of one name', () => {
    expect(problemsOf({ name: 'a', url }, { name: 'a', url, type: 'rollback' })).toEqual([
      'hooks[1].name: must be its own, hooks[0] is called so too, got "a"',
    ]);
  });

  test('hooks that a tick has no time for, all types of it together', () => {
    expect(
      problemsOf(
        { name: 'a', url, timeout: '50s' },
        { name: 'b', url, timeout: '41s', type: 'confirm-promotion' },
      ),
    ).toEqual([
      'hooks: those of a tick can take 1m31s together, at most 1m30s are there; lower their timeout or retries',
    ]);
  });

  test('a state of its own leaves minutes', () => {
    expect(problemsOf({ name: 'a', url, timeout: '5m', retries: 1, type: 'pre-rollout' })).toEqual([]);
    expect(problemsOf({ name: 'a', url, timeout: '5m', retries: 2, type: 'pre-rollout' })).toEqual([
      'hooks: those of type pre-rollout can take 15m3s together, at most 13m are there; lower their timeout or retries',
    ]);
  });

  test('two gates at one place', () => {
    const parsed = parseSpec({
      ...writtenSpec(),
      gates: [{ before: 'promotion' }, { before: 'promotion', timeout: '1h' }],
    });
    expect(parsed).toMatchObject({
      problems: ['gates[1].before: must be its own, gates[0] stands there, got "promotion"'],
    });
  });
});

test.each<[Pick<HookSpec, 'timeout' | 'retries'>, number]>([
  [{ timeout: 10, retries: 0 }, 10],
  [{ timeout: 10, retries: 2 }, 10 + 1 + 10 + 2 + 10],
  // The waits double up to 30 s.
  [{ timeout: 1, retries: 7 }, 8 + 1 + 2 + 4 + 8 + 16 + 30 + 30],
])('%j takes at most %i s', (hook, seconds) => {
  expect(longestSeconds(hook)).toBe(seconds);
});
