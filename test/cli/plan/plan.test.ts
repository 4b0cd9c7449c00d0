import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxProcess, startSandboxProcess, stepcanary } from '../stepcanary.ts';

const SPEC = 'rollouts/podinfo.yaml';

const longest = (text: string): number => Math.max(...text.split('\n').map((line) => [...line].length));

test('all wrong options are told at once, each in one line', async () => {
  const { code, err } = await stepcanary(['plan', SPEC, '--base-error', '150%', '--draws', '3']);
  expect(code).toBe(2);
  expect(err.trim().split('\n')).toEqual([
    '--rps: is missing: requests a second that the service gets, such as --rps 20; or --from-metrics 7d',
    '--base-error: must be a share below 100 %, such as 0.1%, got "150%"',
    '--draws: must be a whole number of 10 to 10000, got "3"',
  ]);
});

test('a page has 80 columns and says what little traffic cannot show', async () => {
  const args = ['plan', SPEC, '--rps', '0.2', '--judge', 'sequential', '--draws', '10'];
  const { code, out, err } = await stepcanary(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(longest(out)).toBeLessThanOrEqual(80);
  expect(out).toMatch(/This needs more traffic or more time/);
  expect(out).toMatch(/waits 2m for its\s+metrics: at least 40m/);
});

test('several specs are one table, the undecided first, and --json is one document', async () => {
  const args = ['plan', SPEC, SPEC, '--rps', '100', '--draws', '10'];
  const { out } = await stepcanary(args);
  expect(longest(out)).toBeLessThanOrEqual(80);
  expect(out).toMatch(/^SERVICE +RPS +ERRORS +DECIDED IN/);
  const json = JSON.parse((await stepcanary([...args, '--json'])).out);
  expect(json).toHaveLength(2);
  expect(json[0]).toMatchObject({ service: 'podinfo@prod-eu', traffic: { rps: 100 }, draws: 10 });
});

describe('from the service’s own past', () => {
  let sandbox: SandboxProcess;
  beforeAll(async () => {
    sandbox = await startSandboxProcess(['--rollouts', 'docs/outside', '--port', '0']);
  });
  afterAll(() => sandbox.end());

  const TARGETS = ['podinfo-primary'];
  const putHours = async (hours: number): Promise<void> => {
    const client = new CloudWatchClient({
      endpoint: sandbox.env.AWS_ENDPOINT_URL ?? '',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const dimensions = (target: string) => [
      { Name: 'Mesh', Value: 'global' },
      { Name: 'VirtualNode', Value: 'frontend' },
      { Name: 'TargetVirtualService', Value: 'podinfo.test' },
      { Name: 'TargetVirtualNode', Value: target },
    ];
    for (let hour = hours; hour > 0; hour -= 1)
      await client.send(
        new PutMetricDataCommand({
          Namespace: 'AppMesh',
          MetricData: TARGETS.flatMap((target) =>
            Array.from({ length: 60 }, (_, minute) => ({
              Timestamp: new Date(now - hour * 3_600_000 + minute * 60_000),
              Dimensions: dimensions(target),
            })).flatMap((at, minute) => [
              { ...at, MetricName: 'RequestCountPerTarget', Value: 1200 },
              { ...at, MetricName: 'HTTPCode_Target_5XX_Count', Value: minute % 2 },
              {
                ...at,
                MetricName: 'TargetResponseTime',
                Values: [40, 50, 60, 200],
                Counts: [400, 400, 380, 20],
              },
            ]),
          ),
        }),
      );
  };

  test('without enough of it the command says so and what to do', async () => {
    const { code, err } = await stepcanary(
      ['plan', 'docs/outside/podinfo.yaml', '--from-metrics', '3h'],
      sandbox.env,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/only 0 minutes of the last 3h have requests in the metrics; .*--rps/);
  });

  test('traffic, base rate and span are the service’s own', async () => {
    await putHours(3);
    const args = ['plan', 'docs/outside/podinfo.yaml', '--from-metrics', '3h', '--draws', '10', '--json'];
    const { code, out, err } = await stepcanary(args, sandbox.env);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { traffic, healthy } = JSON.parse(out);
    expect(traffic.rps).toBeCloseTo(20, 0);
    expect(traffic.errors).toBeCloseTo(0.5 / 1200, 5);
    expect(traffic.from).toBe('its own last 3h');
    expect(healthy.promoted).toBe(1);
  });
});
