import { describe, expect, test } from 'vitest';
import { importCanary } from '../../../../../lambdas/core/spec/flagger/import-canary.ts';
import type { Surroundings } from '../../../../../lambdas/core/spec/flagger/surroundings.ts';

const canaryWith = (metrics: readonly object[], spec: object = {}) => ({
  apiVersion: 'flagger.app/v1beta1',
  kind: 'Canary',
  metadata: { name: 'podinfo', namespace: 'test' },
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo-app' },
    service: { name: 'podinfo-svc', port: 9898 },
    ...spec,
    analysis: { interval: '1m', threshold: 5, stepWeight: 10, maxWeight: 50, metrics },
  },
});

const template = (name: string, provider: object, query: string, namespace = 'test') => ({
  apiVersion: 'flagger.app/v1beta1',
  kind: 'MetricTemplate',
  metadata: { name, namespace },
  spec: { provider, query },
});

const PROMETHEUS = { type: 'prometheus', address: 'https://prometheus.example.com/' };
const NOT_FOUND = template(
  'not-found-percentage',
  PROMETHEUS,
  `100 - sum(rate(rq{namespace="{{ namespace }}", job="{{- target -}}", svc="{{service}}", to="{{ variables.to }}"}[{{ interval }}]))
   / sum(rate(rq{name="{{ name }}", ingress="{{ ingress }}", route="{{ route }}"}[{{ interval }}])) * 100`,
);
const METRIC = {
  name: '404s percentage',
  templateRef: { name: 'not-found-percentage' },
  templateVariables: { to: 'eu' },
  thresholdRange: { max: 5 },
  interval: '2m',
};

const read = (
  metrics: readonly object[],
  manifests: readonly object[],
  around: Surroundings = {},
  spec?: object,
) => {
  const imported = importCanary(canaryWith(metrics, spec), {
    ...around,
    manifests: manifests as Surroundings['manifests'],
  });
  if (!imported.ok) return { problems: imported.problems, metrics: [], notes: [] };
  const { analysis } = imported.written as { analysis: { metrics: Record<string, unknown>[] } };
  return {
    problems: [],
    metrics: analysis.metrics,
    notes: imported.notes.map(({ text }) => text),
    spec: imported.spec,
  };
};

describe('a MetricTemplate', () => {
  test('becomes a plain number, its query filled in as Flagger does', () => {
    const { metrics, problems } = read([METRIC], [NOT_FOUND]);
    expect(problems).toEqual([]);
    expect(metrics).toEqual([
      {
        name: '404s percentage',
        query:
          '100 - sum(rate(rq{namespace="test", job="podinfo-app", svc="podinfo-svc", to="eu"}[2m])) ' +
          '/ sum(rate(rq{name="podinfo", ingress="podinfo-app", route="podinfo-app"}[2m])) * 100',
        source: { prometheus: { url: 'https://prometheus.example.com', delay: '30s' } },
        max: 5,
      },
    ]);
  });

  test('is found in another namespace where the reference names it', () => {
    const far = template('latency', PROMETHEUS, 'x', 'monitoring');
    const metric = {
      name: 'latency',
      templateRef: { name: 'latency', namespace: 'monitoring' },
      thresholdRange: { max: 1 },
    };
    expect(read([metric], [far]).problems).toEqual([]);
    expect(read([{ ...metric, templateRef: { name: 'latency' } }], [far]).problems).toEqual([
      'spec.analysis.metrics[0].templateRef: names a MetricTemplate that is not among the files, there are monitoring/latency, got "test/latency"; add its document (kubectl get metrictemplates -A -o yaml)',
    ]);
  });

  test('of CloudWatch is the query’s first part that returns data, in whatever case its keys are', () => {
    const query = JSON.stringify([
      { Id: 'e1', Expression: 'm1 / m2' },
      {
        id: 'm1',
        returnData: false,
        metricStat: {
          metric: {
            namespace: 'MyKubernetesCluster',
            metricName: 'ErrorCount',
            dimensions: [{ name: 'appName', value: '{{ target }}.{{ namespace }}' }],
          },
          period: 60,
          stat: 'Sum',
          unit: 'Count',
        },
      },
      {
        Id: 'm2',
        ReturnData: false,
        MetricStat: {
          Metric: { Namespace: 'MyKubernetesCluster', MetricName: 'RequestCount' },
          Period: 60,
          Stat: 'Sum',
        },
      },
    ]);
    const { metrics, notes } = read(
      [{ name: 'my metric', templateRef: { name: 't' }, thresholdRange: { max: 0.1 }, interval: '1m' }],
      [template('t', { type: 'cloudwatch', region: 'ap-northeast-1' }, query)],
    );
    expect(metrics).toEqual([
      {
        name: 'my metric',
        query: [
          {
            id: 'm1',
            namespace: 'MyKubernetesCluster',
            metric: 'ErrorCount',
            stat: 'Sum',
            dimensions: { appName: 'podinfo-app.test' },
            period: 60,
          },
          {
            id: 'm2',
            namespace: 'MyKubernetesCluster',
            metric: 'RequestCount',
            stat: 'Sum',
            dimensions: {},
            period: 60,
          },
          { id: 'e1', expression: 'm1 / m2' },
        ],
        source: { cloudWatch: { delay: '2m' } },
        max: 0.1,
      },
    ]);
    expect(notes.join('\n')).toContain("is read in the target's own region, which must be ap-northeast-1");
  });

  test('says what of its provider has to be done by hand', () => {
    const provider = {
      ...PROMETHEUS,
      address: 'http://prometheus.istio-system:9090',
      secretRef: { name: 'prom-basic-auth' },
      headers: { 'X-Scope-OrgID': ['shop'] },
      insecureSkipVerify: true,
    };
    const { metrics, notes } = read([METRIC], [{ ...NOT_FOUND, spec: { ...NOT_FOUND.spec, provider } }]);
    expect(metrics[0]?.source).toEqual({
      prometheus: {
        url: 'http://prometheus.istio-system:9090',
        auth: { secret: 'prom-basic-auth' },
        headers: { 'X-Scope-OrgID': 'shop' },
        delay: '30s',
      },
    });
    const said = notes.join('\n');
    expect(said).toContain('looks like an address inside the cluster');
    expect(said).toContain('aws secretsmanager create-secret --name prom-basic-auth');
    expect(said).toContain('insecureSkipVerify is not taken over');
  });

  test.each([
    [
      { provider: { type: 'datadog' } },
      'has a provider that is not read here, got "datadog"; prometheus and cloudwatch are',
    ],
    [
      { query: 'x{a="{{ variables.nothing }}"}' },
      "has a variable that the metric's templateVariables do not have",
    ],
    [{ query: '{{ if target }}x{{ end }}' }, 'has a name that it cannot fill in, got {{ if target }}'],
    [{ provider: { type: 'prometheus' } }, 'has a provider without an address, got nothing'],
    [
      { provider: { type: 'cloudwatch', region: 'eu-west-1' } },
      "must be a JSON list of GetMetricData's queries",
    ],
    [{ query: 7 }, 'spec.query: must be a text'],
  ])('with %j is a problem by its metric', (change, problem) => {
    const { problems } = read([METRIC], [{ ...NOT_FOUND, spec: { ...NOT_FOUND.spec, ...change } }]);
    expect(problems).toEqual([expect.stringContaining('spec.analysis.metrics[0].templateRef: ')]);
    expect(problems[0]).toContain(problem);
  });

  test('without a range fails above `threshold`, and above 0 where nobody wrote that either, which is said', () => {
    const { thresholdRange: _range, ...open } = METRIC;
    expect(read([{ ...open, threshold: 7 }], [NOT_FOUND]).metrics[0]).toMatchObject({ max: 7 });
    const { metrics, notes } = read([open], [NOT_FOUND]);
    expect(metrics[0]).toMatchObject({ max: 0 });
    expect(notes).toContainEqual(expect.stringContaining('whatever is above 0 fails the check'));
  });
});

describe('an inline query', () => {
  const metric = { name: 'latency', query: 'histogram_quantile(0.99, x)', threshold: 500 };

  test('asks the Prometheus of the import, or the Canary’s own metricsServer', () => {
    expect(read([metric], [], { prometheus: 'ws-0a1b2c3d' }).metrics[0]).toMatchObject({
      max: 500,
      source: { prometheus: { workspace: 'ws-0a1b2c3d' } },
    });
    const spec = { metricsServer: 'http://prom.example.com:9090' };
    expect(read([metric], [], {}, spec).metrics[0]).toMatchObject({
      source: { prometheus: { url: 'http://prom.example.com:9090' } },
    });
    expect(read([metric], []).problems).toEqual([
      expect.stringContaining("asks Flagger's own Prometheus, and where that is nobody says"),
    ]);
  });

  test('by the name of one of Flagger’s own metrics is refused, for both would be checked', () => {
    expect(read([{ ...metric, name: 'request-duration' }], []).problems).toEqual([
      expect.stringContaining('give the query a name of its own'),
    ]);
  });
});
