import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { steps as weightsOf } from '../../../../../lambdas/core/plan.ts';
import { importCanary } from '../../../../../lambdas/core/spec/flagger/import-canary.ts';
import { parseSpec } from '../../../../../lambdas/core/spec/parse.ts';
import { canary, steps } from './example-canary.ts';

const fixture = (name: string): unknown => parse(readFileSync(`test/fixtures/flagger/${name}`, 'utf8'));

const imported = (value: unknown) => {
  const result = importCanary(value);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result;
};
const problemsOf = (value: unknown): readonly string[] => {
  const result = importCanary(value);
  return result.ok ? [] : result.problems;
};
const notesOf = (value: unknown): string[] =>
  imported(value).notes.map(({ path, text }) => `${path}: ${text}`);

describe('a Canary becomes a spec that does the same', () => {
  test("Flagger's App Mesh tutorial", () => {
    const { spec, network, progressDeadline } = imported(fixture('podinfo-v1beta1.yaml'));
    expect(spec).toMatchObject({
      service: 'podinfo',
      workload: { namespace: 'test', primary: 'podinfo-primary', canary: 'podinfo' },
      router: { appMesh: { virtualRouter: 'podinfo', primary: 'podinfo-primary', canary: 'podinfo-canary' } },
      strategy: { canary: { stepWeight: 5, maxWeight: 50 } },
      analysis: {
        judge: 'threshold',
        interval: 60,
        threshold: 5,
        noData: 'fail',
        metrics: [
          { name: 'request-success-rate', min: 99 },
          { name: 'request-duration', percentile: 99, max: 500 },
        ],
      },
      onNewer: 'supersede',
      capacity: 'full',
    });
    expect(spec.hooks.map(({ name, type, timeout }) => [name, type, timeout])).toEqual([
      ['acceptance-test', 'pre-rollout', 30],
      ['load-test', 'rollout', 5],
    ]);
    expect(network).toEqual({
      port: 9898,
      protocol: 'http',
      prefix: '/',
      timeoutMs: 15_000,
      retries: {
        maxRetries: 3,
        perTryTimeoutMs: 5000,
        httpEvents: ['gateway-error', 'client-error', 'stream-error'],
        tcpEvents: [],
      },
    });
    expect(progressDeadline).toBe(60);
  });

  test('v1alpha3: canaryAnalysis, and thresholds that are a minimum for the success rate and a maximum else', () => {
    const { spec, notes } = imported(fixture('podinfo-v1alpha3.yaml'));
    expect(spec.workload.namespace).toBe('prod');
    expect(spec.analysis).toMatchObject({
      interval: 10,
      source: { cloudWatch: { period: 10 } },
      metrics: [
        { name: 'request-success-rate', min: 99 },
        { name: 'request-duration', percentile: 99, max: 500 },
      ],
    });
    expect(weightsOf(spec).at(-1)).toBe(100);
    expect(notes.map(({ path }) => path)).toContain('spec.canaryAnalysis.interval');
  });

  test('skipAnalysis, and how traffic returns to the primary', () => {
    const { spec } = imported(
      canary({ spec: { skipAnalysis: true }, analysis: { stepWeightPromotion: 25 } }),
    );
    expect(spec).toMatchObject({ skipAnalysis: true, strategy: { canary: { stepWeightPromotion: 25 } } });
    expect(imported(canary({ analysis: { stepWeightPromotion: 0 } })).written).toMatchObject({
      strategy: { canary: { stepWeight: 5, maxWeight: 50 } },
    });
  });

  test('a suspended one is frozen', () => {
    expect(imported(canary({ spec: { suspend: true } })).spec.freeze).toMatchObject([
      { reason: 'suspended in Flagger' },
    ]);
  });

  test('what is written is a spec, and means the same', () => {
    for (const value of [canary(), fixture('podinfo-v1beta1.yaml'), fixture('podinfo-v1alpha3.yaml')]) {
      const { written, spec } = imported(value);
      expect(parseSpec(JSON.parse(JSON.stringify(written)))).toEqual({ ok: true, value: spec });
    }
  });
});

describe('the weights are those that Flagger goes through', () => {
  test.each([
    [{ stepWeight: 10, maxWeight: 30 }, [10, 20, 30]],
    [{ stepWeight: 20, maxWeight: 50 }, [20, 40, 60]],
    [{ stepWeight: 30 }, [30, 60, 90, 100]],
    [{ stepWeight: 50, maxWeight: 30 }, [50]],
    [{ stepWeights: [1, 2, 10, 80] }, [1, 2, 10, 80]],
    [{ stepWeights: [1, 2, 10, 200] }, [1, 2, 10, 100]],
  ])('%j goes over %j', (written, weights) => {
    expect(weightsOf(imported(steps(written)).spec)).toEqual(weights);
  });

  test('weights above maxWeight are said', () => {
    expect(notesOf(steps({ stepWeight: 20, maxWeight: 50 })).join()).toMatch(
      /maxWeight: Flagger goes over it: 20, 40, 60/,
    );
  });
});

describe('ticks', () => {
  test.each([
    ['1m', 60, 60],
    ['30s', 30, 30],
    ['5s', 10, 10],
    ['2m', 120, 120],
    ['5m', 300, 300],
    ['10m', 600, 300],
    ['1m30s', 90, 30],
  ])('an interval of %s is %i s, with periods of %i s', (interval, seconds, period) => {
    const { spec } = imported(canary({ analysis: { interval } }));
    expect(spec.analysis.interval).toBe(seconds);
    expect(spec.analysis.source).toMatchObject({ cloudWatch: { period } });
  });

  test('metrics that are published less often than the Canary is judged make it be judged less often', () => {
    const result = importCanary(canary({ analysis: { interval: '15s' } }), { published: 60 });
    expect(result).toMatchObject({ ok: true, interval: 60, period: 60 });
  });

  test('every interval that Flagger takes leaves room for all steps and all failed checks', () => {
    for (const interval of ['10s', '30s', '1m', '5m', '30m'])
      for (const change of [{ stepWeight: 50 }, { stepWeight: 5 }, { stepWeight: 5, threshold: 20 }]) {
        const { ok } = importCanary(canary({ analysis: { interval, maxWeight: 100, ...change } }));
        expect({ interval, change, ok }).toEqual({ interval, change, ok: true });
      }
  });
});

test('names that are longer than a service’s are cut, and stay each its own', () => {
  const named = (name: string) =>
    imported({ ...canary(), metadata: { name, namespace: 'test' } }).spec.service;
  const long = 'checkout-payment-authorisation-worker';
  expect(named(long)).toMatch(/^checkout-payment-auth-[0-9a-f]{8}$/);
  expect(named(long)).not.toBe(named(`${long}-2`));
  expect(named('shop.cart')).toBe('shop-cart');
});

test('whatever stands in a Canary, it becomes a spec or problems, each with a path', () => {
  const paths = fc.constantFrom(
    'spec',
    'metadata',
    'targetRef',
    'service',
    'analysis',
    'metrics',
    'stepWeight',
    'interval',
    'threshold',
    'webhooks',
    'match',
    'retries',
    'url',
    'maxWeight',
    'thresholdRange',
  );
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, -1, 0, 1.5, 1e9, Number.NaN, '', '1m', [], {}, [null], [{}]),
  );
  const changed = (value: unknown, key: string, to: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (name, inner) => (name === key ? to : inner));
  fc.assert(
    fc.property(
      fc.constantFrom('podinfo-v1beta1.yaml', 'podinfo-v1alpha3.yaml'),
      paths,
      odd,
      (file, key, to) => {
        const result = importCanary(changed(fixture(file), key, to));
        if (!result.ok) {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const problem of result.problems) expect(problem).toMatch(/^\w.*: .+, got /);
        }
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});

test('a changed pod template starts a rollout, as with Flagger; a push where that is asked for', () => {
  expect(imported(canary()).spec.trigger).toEqual({
    ecr: { repository: 'podinfo', tags: [] },
    template: true,
  });
  expect(importCanary(canary(), { push: true, template: false })).toMatchObject({
    ok: true,
    spec: { trigger: { ecr: { tags: ['*'] }, template: false } },
  });
});

describe('where metrics are read', () => {
  const sourceOf = (prometheus?: string) => {
    const result = importCanary(canary(), { prometheus, callers: ['frontend'] });
    return result.ok ? result.spec.analysis.source : result.problems;
  };

  test('in CloudWatch, or in a Prometheus, which is fresher', () => {
    expect(sourceOf()).toMatchObject({ cloudWatch: { callers: ['frontend'], delay: 120 } });
    const url = 'https://prometheus.example.com';
    expect(sourceOf(url)).toMatchObject({
      prometheus: { url, callers: ['frontend'], delay: 30, period: 60 },
    });
    expect(sourceOf('ws-0a1b2c3d-4e5f')).toMatchObject({ prometheus: { workspace: 'ws-0a1b2c3d-4e5f' } });
  });

  test('what is no address is a problem', () => {
    expect(sourceOf('prometheus')).toEqual([
      expect.stringMatching(/analysis\.source\.prometheus\.url: must be a URL/),
    ]);
  });
});

describe('what cannot be taken over is refused by its name, never changed silently', () => {
  test.each([
    [
      'more than headers',
      steps({ iterations: 9, match: [{ uri: { prefix: '/' }, headers: { a: { exact: 'b' } } }] }),
    ],
    [
      'must be one condition',
      steps({ iterations: 9, match: [{ headers: { a: { exact: 'b', regex: 'c' } } }] }),
    ],
    ['must name at least one header', steps({ iterations: 9, match: [{}] })],
    [
      'differ in more than one header',
      steps({
        iterations: 9,
        match: [{ headers: { a: { exact: 'b' } } }, { headers: { c: { exact: 'd' } } }],
      }),
    ],
    ['a whole number of 1 to 1000', steps({ iterations: 1.5 })],
    ['mirrored traffic, which App Mesh', steps({ iterations: 3, mirror: true })],
    ['mirrored traffic', canary({ analysis: { mirror: true } })],
    ['session affinity', canary({ analysis: { sessionAffinity: { cookieName: 'c' } } })],
    [
      'got "test/l"',
      canary({ analysis: { metrics: [{ name: 'latency-from-template', templateRef: { name: 'l' } }] } }),
    ],
    ['got "DaemonSet"', canary({ spec: { targetRef: { kind: 'DaemonSet', name: 'podinfo' } } })],
    ['did you mean appmesh?', canary({ spec: { provider: 'apmesh' } })],
    [
      'did you mean pre-rollout?',
      canary({ analysis: { webhooks: [{ name: 'a', type: 'prerollout', url: 'http://a.test/' }] } }),
    ],
    ['everything would be promoted', canary({ analysis: { metrics: [] } })],
    ['thresholdRange.min: is missing', canary({ analysis: { metrics: [{ name: 'request-success-rate' }] } })],
  ])('%s', (said, value) => {
    const problems = problemsOf(value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(said);
    expect(problems[0]).toMatch(/^spec\..+: .+, got .+; .+/);
  });

  test('all problems at once', () => {
    const problems = problemsOf(
      canary({
        analysis: {
          interval: 'soon',
          stepWeight: 0,
          mirror: true,
          metrics: [{ name: 'errors', query: 'up' }],
        },
      }),
    );
    expect(problems).toHaveLength(4);
  });

  test('wrong types, with their paths', () => {
    expect(problemsOf(canary({ service: { port: 'http' }, analysis: { threshold: 'five' } }))).toEqual([
      'spec.service.port: must be a number, got "http"',
      'spec.analysis.threshold: must be a number, got "five"',
    ]);
    expect(problemsOf('podinfo')).toHaveLength(1);
  });
});

describe('what is left out is noted', () => {
  test('keys that mean nothing to Flagger; one that is mistyped is a problem', () => {
    expect(notesOf(canary({ service: { ownersOfThis: 'us' } }))).toEqual([
      "spec.service.ownersOfThis: left out: Flagger's Canary has no such key",
    ]);
    expect(problemsOf(canary({ analysis: { stepWeigthPromotion: 10 } }))).toEqual([
      'spec.analysis.stepWeigthPromotion: unknown key, got 10; did you mean stepWeightPromotion?',
    ]);
  });

  test('nothing of a plain Canary', () => {
    expect(notesOf(canary())).toEqual([]);
  });

  test.each([
    ['spec.suspend', { spec: { suspend: true } }],
    ['spec.revertOnDeletion', { spec: { revertOnDeletion: true } }],
    ['spec.provider', { spec: { provider: 'istio' } }],
    ['spec.service.corsPolicy', { service: { corsPolicy: {} } }],
    ['spec.analysis.canaryReadyThreshold', { analysis: { canaryReadyThreshold: 50 } }],
    [
      'spec.analysis.alerts[0]',
      { analysis: { alerts: [{ name: 'on-call', providerRef: { name: 'slack' } }] } },
    ],
    ['spec.analysis.threshold', { analysis: { threshold: 0 } }],
  ])('%s', (path, change) => {
    expect(imported(canary(change)).notes.map((note) => note.path)).toEqual([path]);
  });
});
