import { describe, expect, test } from 'vitest';
import type { RolloutSpec } from '../../../lambdas/core/spec/schema.ts';
import { userKinds, userProblems } from '../../../sandbox/rehearsal/users.ts';
import { spec } from '../../fakes/rollouts.ts';

const abOn = (cookie: object): RolloutSpec =>
  spec((written) => ({ ...written, strategy: { ab: { iterations: 3, match: [{ headers: { cookie } }] } } }));
const cookieOf = (cookie: object): string | undefined =>
  userKinds({ users: undefined }, abOn(cookie), '/')?.at(-1)?.request.headers.cookie;

describe('users that a scenario does not name', () => {
  test('send plain requests where no strategy asks for more', () => {
    expect(userKinds({ users: undefined }, spec(), '/')).toBeUndefined();
  });

  test('are a tenth of those that A/B matches', () => {
    expect(userKinds({ users: undefined }, abOn({ exact: 'a' }), '/api')).toEqual([
      { share: 0.9, request: { method: 'GET', path: '/api', headers: {} } },
      { share: 0.1, request: { method: 'GET', path: '/api', headers: { cookie: 'a' } } },
    ]);
  });

  test.each([
    [{ prefix: 'beta-' }, 'beta-'],
    [{ suffix: '-beta' }, '-beta'],
    [{ regex: '^(.*?;)?(canary=insider)(;.*)?$' }, 'canary=insider'],
    [{ regex: '^(.*;\\s*)?canary=insider(;.*)?$' }, 'canary=insider'],
    [{ regex: '.*Firefox.*' }, 'Firefox'],
    [{ regex: '(ana|ben)\\.x' }, 'ana.x'],
    [{ regex: 'v[0-9]+' }, 'v0'],
    [{ regex: 'user-\\d+' }, 'user-1'],
  ])('send what %j matches', (condition, example) => {
    expect(cookieOf(condition)).toBe(example);
  });

  test('are asked for where no example is found', () => {
    const hard = abOn({ regex: 'a{3}b' });
    expect(userProblems({ users: undefined }, hard)).toEqual([
      expect.stringMatching(/^users: is missing: no example was found .*, got nothing$/),
    ]);
    expect(userProblems({ users: [] }, hard)).toEqual([]);
  });
});

test('what the named users leave is plain requests', () => {
  const users = [{ share: 0.25, headers: { 'X-Canary': 'insider' }, path: '/buy', method: 'POST' }];
  expect(userKinds({ users }, spec(), '/')).toEqual([
    { share: 0.75, request: { method: 'GET', path: '/', headers: {} } },
    { share: 0.25, request: { method: 'POST', path: '/buy', headers: { 'x-canary': 'insider' } } },
  ]);
});
