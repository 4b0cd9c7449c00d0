import { describe, expect, it } from 'vitest';
import { LogStore } from '../../../sandbox/aws/services/logs.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';
import { embeddedMetrics } from '../../../sandbox/telemetry/embedded-metrics.ts';
import { parseJsonFilter } from '../../../sandbox/telemetry/json-filter.ts';
import { Telemetry } from '../../../sandbox/telemetry/telemetry.ts';

const START = Date.UTC(2030, 0, 1);
const home = { region: 'eu-west-1', account: '123456789012' };

describe('a filter pattern of JSON lines', () => {
  const line = { type: 'ExecutionFailed', details: { error: 'Canary.RestoreFailed', parts: [7, 8] } };

  it.each([
    ['{ $.type = "ExecutionFailed" }', true],
    ['{ ($.type = "ExecutionFailed") && ($.details.error = "Canary.RestoreFailed") }', true],
    ['{ $.type = "Execution*" && $.details.error != "Canary.RestoreFailed" }', false],
    ['{ $.type = "Other" || $.details.parts[1] >= 8 }', true],
    ['{ $.type = "Other" && ($.type = "ExecutionFailed" || $.details.parts[0] = 7) }', false],
    ['{ $.missing != "x" }', false],
  ])('%s', (pattern, expected) => {
    expect(parseJsonFilter(pattern)(line)).toBe(expected);
  });

  it.each([['ERROR'], ['{ $.a IS NULL }'], ['{ ($.a = 1 }'], ['{ $.a = 1 $.b = 2 }']])(
    '%s is refused',
    (pattern) => {
      expect(() => parseJsonFilter(pattern)).toThrow(/filter pattern/);
    },
  );
});

describe('the embedded metric format', () => {
  it('gives a point for each metric and set of dimensions, and nothing for other lines', () => {
    const line = {
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'stepcanary',
            Dimensions: [['service'], ['service', 'phase']],
            Metrics: [{ Name: 'Shifts', Unit: 'Count' }, { Name: 'Took' }],
          },
        ],
      },
      service: 'podinfo',
      phase: 'Progressing',
      Shifts: 2,
      Took: [3, 4],
    };
    const points = embeddedMetrics(line, START);
    expect(
      points.map(({ name, dimensions, values, at }) => [name, Object.keys(dimensions).length, values, at]),
    ).toEqual([
      ['Shifts', 1, [2], START],
      ['Took', 1, [3, 4], START],
      ['Shifts', 2, [2], START],
      ['Took', 2, [3, 4], START],
    ]);
    expect(embeddedMetrics({ level: 'INFO' }, START)).toEqual([]);
    expect(embeddedMetrics(undefined, START)).toEqual([]);
  });
});

describe('what the services tell CloudWatch', () => {
  it('counts functions, ended executions, lines that a filter means, and messages that wait', () => {
    const clock = new VirtualClock(START);
    const metrics = new MetricStore({ clock, home });
    const telemetry = new Telemetry({ clock, home, logs: new LogStore(), metrics });
    const sumOf = (namespace: string, name: string, dimensions = {}) =>
      metrics
        .read({ namespace, name, dimensions }, { from: START, to: START + 60_000, period: 60_000 })
        .get(START)?.sum;
    const arn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:rollout';
    telemetry.logMachine(arn, ['/aws/vendedlogs/rollout']);
    telemetry.filters.add(home, {
      logGroup: '/aws/vendedlogs/rollout',
      pattern: '{ $.type = "ExecutionFailed" && $.details.error = "Canary.RestoreFailed" }',
      namespace: 'stepcanary',
      metric: 'RestoreFailed',
      value: 1,
    });
    for (const error of ['Canary.RestoreFailed', 'Canary.RolledBack']) {
      telemetry.executionEnded({ executionArn: `${arn}:x`, stateMachineArn: arn, status: 'FAILED', error });
    }
    telemetry.functionFinished({ functionName: 'rescue', version: '1', failed: true });
    telemetry.functionFinished({ functionName: 'rescue', version: '1', failed: false });
    telemetry.queueDepth('arn:aws:sqs:eu-west-1:123456789012:dead', 3);
    clock.moveTo(START + 120_000);
    expect(sumOf('stepcanary', 'RestoreFailed')).toBe(1);
    expect(sumOf('AWS/States', 'ExecutionsFailed', { StateMachineArn: arn })).toBe(2);
    expect(sumOf('AWS/Lambda', 'Invocations', { FunctionName: 'rescue' })).toBe(2);
    expect(sumOf('AWS/Lambda', 'Errors', { FunctionName: 'rescue' })).toBe(1);
    expect(sumOf('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'dead' })).toBe(3);
  });
});
