import { describe, expect, test } from 'vitest';
import { OwnMetricsOf } from '../../../../lambdas/adapters/own-metrics/own-metrics.ts';
import { PrometheusReader } from '../../../../lambdas/adapters/own-metrics/prometheus-reader.ts';
import { prometheusClient } from '../../../../lambdas/adapters/prometheus/amazon.ts';
import { PrometheusSource } from '../../../../lambdas/adapters/prometheus/prometheus.ts';
import { IamStore } from '../../../../sandbox/aws/iam/store.ts';
import { MetricStore } from '../../../../sandbox/cloudwatch/metric-store.ts';
import { prometheusApi } from '../../../../sandbox/prometheus/api.ts';
import { metricSourceContract, type Observation } from '../../../contracts/metric-source.ts';
import { ACCOUNT, localEdge, REGION } from '../../../sandbox/aws/local-edge.ts';

const NOON = Date.UTC(2026, 10, 21, 11);
const WORKSPACE = 'ws-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const NAMES = {
  service: 'podinfo',
  period: 60,
  mesh: 'global',
  namespace: 'test',
  nodes: { primary: 'podinfo-primary', canary: 'podinfo-canary' },
  deployments: { primary: 'podinfo-primary', canary: 'podinfo' },
};

/** The adapter over the sandbox's own Prometheus; the primary's counters are there since before noon. */
const create = async (key?: string, iam = new IamStore({ account: ACCOUNT })) => {
  const store = new MetricStore({
    clock: { now: () => Date.UTC(2026, 10, 21, 12) },
    home: { account: ACCOUNT, region: REGION },
  });
  const edge = await localEdge({ iam, unmodelled: { aps: prometheusApi(store) } });
  const observe = async (...observations: Observation[]) => {
    for (const { minute, caller, side, requests, failures = 0, durations = {} } of observations) {
      const point = {
        namespace: 'AppMesh',
        at: NOON + minute * 60_000,
        publishedAt: NOON + (minute + 1) * 60_000,
        dimensions: {
          Mesh: 'global',
          VirtualNode: caller,
          TargetVirtualService: 'podinfo.test',
          TargetVirtualNode: `podinfo-${side}`,
        },
      };
      store.record({ ...point, name: 'RequestCountPerTarget', value: requests });
      if (failures > 0) store.record({ ...point, name: 'HTTPCode_Target_5XX_Count', value: failures });
      const values = Object.keys(durations).map(Number);
      store.record({ ...point, name: 'TargetResponseTime', values, counts: Object.values(durations) });
    }
  };
  for (const caller of ['frontend', 'batch'])
    await observe({ minute: -10, caller, side: 'primary', requests: 1000 });
  const { endpoint, credentials } = edge.config(key);
  const client = prometheusClient(
    { workspace: WORKSPACE },
    { region: REGION, endpoint, credentials: async () => credentials, secret: async () => '' },
  );
  const source = new PrometheusSource(
    client,
    { workspace: WORKSPACE, callers: ['frontend', 'batch'], delay: 0, period: 60 },
    NAMES,
  );
  return { source, client, noon: NOON, observe, edge };
};

describe("Prometheus over the sandbox's API", () => {
  metricSourceContract(() => create());

  const at = (minute: number) => new Date(NOON + minute * 60_000);
  const query = (from: number, to: number) => ({
    identity: { series: [] },
    from: at(from),
    to: at(to),
    limits: { primary: [300], canary: [300] },
    percentiles: [],
  });

  test('a limit between two edges counts above the next edge, so that none counts as slow that may not be', async () => {
    const { source, observe } = await create();
    const durations = { 40: 90, 400: 6, 600: 4 };
    await observe({ minute: 0, caller: 'frontend', side: 'canary', requests: 100, durations });
    const [period] = await source.periods(query(0, 1));
    expect(period?.canary).toMatchObject({ timed: 100, slower: { 300: 4 } });
  });

  test('percentiles are the edges nearest to them, and say that they are edges', async () => {
    const { source, observe } = await create();
    const durations = { 20: 700, 40: 200, 90: 80, 200: 12, 700: 8 };
    await observe({ minute: 0, caller: 'frontend', side: 'primary', requests: 1000, durations });
    const { from, to } = query(0, 1);
    const found = await source.primaryPercentiles({ from, to, percentiles: [75, 95, 99] });
    expect(found).toEqual({ milliseconds: { 75: 25, 95: 50, 99: 250 }, coarse: true });
  });

  test('counts a spec’s own metrics of each side, each with its own total', async () => {
    const { client, observe } = await create();
    const custom = [
      {
        name: 'odd',
        total: 'envoy_appmesh_RequestCountPerTarget{TargetVirtualNode="{{target}}"}',
        bad: 'envoy_appmesh_HTTPCode_Target_5XX_Count{TargetVirtualNode="{{target}}"}',
      },
    ];
    await observe(
      { minute: 0, caller: 'frontend', side: 'primary', requests: 500, failures: 2 },
      { minute: 0, caller: 'batch', side: 'primary', requests: 100 },
      { minute: 0, caller: 'frontend', side: 'canary', requests: 50, failures: 5 },
    );
    const reader = new PrometheusReader(client, NAMES);
    const own = new OwnMetricsOf(
      custom.map((metric) => ({ metric, reader })),
      [],
      60,
    );
    const [period] = await own.periods(query(0, 1));
    expect(period?.primary).toEqual({ odd: { requests: 600, bad: 2 } });
    expect(period?.canary).toEqual({ odd: { requests: 50, bad: 5 } });
  });

  test('a role reads the workspaces that its policies name, and no other', async () => {
    const read = async (resource: string) => {
      const iam = new IamStore({ account: ACCOUNT });
      const arn = `arn:aws:iam::${ACCOUNT}:role/reader`;
      const statement = { Effect: 'Allow' as const, Action: 'aps:QueryMetrics', Resource: resource };
      const trust = { Version: '2012-10-17', Statement: [] };
      iam.putRole({ arn, trust, policies: [{ Version: '2012-10-17', Statement: [statement] }] });
      const { accessKeyId } = iam.createSession(arn, { sessionName: 'test' });
      const { source } = await create(accessKeyId, iam);
      return source.periods(query(0, 1));
    };
    const workspaces = `arn:aws:aps:${REGION}:${ACCOUNT}:workspace`;
    await expect(read(`${workspaces}/${WORKSPACE}`)).resolves.toEqual([]);
    await expect(read(`${workspaces}/ws-another`)).rejects.toMatchObject({ name: 'Canary.AccessDenied' });
  });

  test('a refusal ends a reading for good, a throttle for now', async () => {
    const { source, edge } = await create();
    edge.faults.arm({ call: 'aps.QueryMetrics', error: 'AccessDeniedException' });
    await expect(source.periods(query(0, 1))).rejects.toMatchObject({ name: 'Canary.AccessDenied' });
    edge.faults.arm({ call: 'aps.QueryMetrics', error: 'ThrottlingException', times: 6 });
    await expect(source.periods(query(0, 1))).rejects.toMatchObject({ name: 'Canary.Transient' });
  });

  test('a query that is none is refused with what Prometheus says of it', async () => {
    const { client } = await create();
    const range = { from: NOON, to: NOON, step: 60_000 };
    await expect(client.range('sum(', range)).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: expect.stringContaining('parse error'),
    });
  });
});
