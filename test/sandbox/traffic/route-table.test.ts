import { describe, expect, it } from 'vitest';
import { retriesConnection, retriesStatus, routePolicyOf } from '../../../sandbox/traffic/route-policy.ts';
import { chooseRoute, type MeshRoute, type RequestShape } from '../../../sandbox/traffic/route-table.ts';

const route = (routeName: string, match: object, priority?: number): MeshRoute => ({
  routeName,
  spec: {
    ...(priority === undefined ? {} : { priority }),
    httpRoute: { match, action: { weightedTargets: [{ virtualNode: routeName, weight: 100 }] } },
  },
});

const get = (path = '/', headers: Record<string, string> = {}, method = 'GET'): RequestShape => ({
  method,
  path,
  headers,
});

const taken = (routes: MeshRoute[], request: RequestShape) =>
  Object.keys(chooseRoute(routes, request)?.weights ?? { none: 0 })[0];

describe('the route that takes a request', () => {
  const cookie = { name: 'cookie', match: { regex: '^(.*?;)?(canary=always)(;.*)?$' } };

  it.each([
    ['prefix', { prefix: '/api' }, get('/api/v1'), get('/')],
    ['exact path', { path: { exact: '/a' } }, get('/a?x=1'), get('/a/b')],
    ['path by expression', { path: { regex: '/v[0-9]+' } }, get('/v12'), get('/v12/x')],
    ['method', { prefix: '/', method: 'POST' }, get('/', {}, 'POST'), get()],
    [
      'header',
      { prefix: '/', headers: [{ name: 'X-Canary', match: { exact: 'insider' } }] },
      get('/', { 'x-canary': 'insider' }),
      get(),
    ],
    [
      'header that is there',
      { prefix: '/', headers: [{ name: 'x-canary' }] },
      get('/', { 'x-canary': '' }),
      get(),
    ],
    [
      'inverted header',
      { prefix: '/', headers: [{ name: 'x-bot', invert: true }] },
      get(),
      get('/', { 'x-bot': '1' }),
    ],
    [
      'header range, its end exclusive',
      { headers: [{ name: 'n', match: { range: { start: 1, end: 5 } } }] },
      get('/', { n: '4' }),
      get('/', { n: '5' }),
    ],
    [
      'cookie',
      { prefix: '/', headers: [cookie] },
      get('/', { cookie: 'canary=always; b=2' }),
      get('/', { cookie: 'canary=alwaysnot' }),
    ],
    [
      'query',
      { prefix: '/', queryParameters: [{ name: 'v', match: { exact: '2' } }] },
      get('/?v=2'),
      get('/?v=22'),
    ],
  ])('matches by %s', (_, match, hit, miss) => {
    const routes = [route('special', match, 1), route('rest', { prefix: '/' }, 10)];
    expect(taken(routes, hit)).toBe('special');
    expect(taken(routes, miss)).toBe('rest');
  });

  it('is the one with the lowest priority number; none comes last, whatever the order', () => {
    const routes = [
      route('b', { prefix: '/' }),
      route('z', { prefix: '/' }, 5),
      route('a', { prefix: '/' }, 500),
    ];
    expect(taken(routes, get())).toBe('z');
    expect(taken(routes.toReversed(), get())).toBe('z');
    expect(taken([route('b', { prefix: '/' }), route('a', { prefix: '/' })], get())).toBe('a');
  });

  it('is none when nothing matches', () => {
    expect(chooseRoute([route('api', { prefix: '/api' })], get('/'))).toBeUndefined();
    expect(chooseRoute([], get('//'))).toBeUndefined();
  });
});

describe('retries and timeouts of a route', () => {
  it('are 15 s and none where the route says nothing; 0 s is no limit', () => {
    expect(routePolicyOf({})).toMatchObject({ perRequestTimeoutMs: 15_000, maxRetries: undefined });
    expect(
      routePolicyOf({ timeout: { perRequest: { unit: 's', value: 0 } } }).perRequestTimeoutMs,
    ).toBeUndefined();
  });

  it('come in seconds or milliseconds', () => {
    const policy = routePolicyOf({
      timeout: { perRequest: { unit: 's', value: 2 } },
      retryPolicy: {
        maxRetries: 3,
        perRetryTimeout: { unit: 'ms', value: 250 },
        httpRetryEvents: ['gateway-error'],
      },
    });
    expect(policy).toMatchObject({ maxRetries: 3, perRetryTimeoutMs: 250, perRequestTimeoutMs: 2_000 });
    expect([500, 502, 503, 504].filter((status) => retriesStatus(policy, status))).toEqual([502, 503, 504]);
    expect(retriesConnection(policy)).toBe(false);
    expect(retriesConnection({ tcpRetryEvents: ['connection-error'] })).toBe(true);
  });
});
