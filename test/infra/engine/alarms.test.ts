import { beforeAll, describe, expect, test } from 'vitest';
import { ofType, type Resource, resourcesOf, rolloutsFolder, synthesiseQuickly } from '../synthesised.ts';

const STACK = 'stepcanary-engine-eu-west-1';
let resources: Record<string, Resource>;

beforeAll(() => {
  resources = resourcesOf(synthesiseQuickly({ runbook: 'https://example.com/runbook' }), STACK);
});

const alarms = () => ofType(resources, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const metrics = () =>
  alarms().flatMap(({ MetricName, Metrics = [] }) => [
    ...(MetricName === undefined ? [] : [MetricName]),
    ...Metrics.flatMap(
      (each: { MetricStat?: { Metric: { MetricName: string } } }) => each.MetricStat?.Metric.MetricName ?? [],
    ),
  ]);

describe('alarms', () => {
  test('stand for all that a person must act on', () => {
    expect(alarms().map(({ AlarmName }) => AlarmName)).toEqual(
      [
        'restore-failed',
        'promotion-failed',
        'execution-aborted',
        'execution-timed-out',
        'watch-failed',
        'undelivered-events',
        'start-rollout-errors',
        'rescue-errors',
        'watchdog-errors',
      ].map((heading) => `stepcanary ${heading}`),
    );
  });

  test('do not page for a plain rollback, which ends in Fail as well', () => {
    expect(metrics()).not.toContain('ExecutionsFailed');
  });

  test('link to the heading of the runbook that they are named after, and publish to the topic', () => {
    const topic = Object.entries(resources).find(([, { Type }]) => Type === 'AWS::SNS::Topic')?.[0];
    for (const { AlarmName, AlarmDescription, AlarmActions } of alarms()) {
      const heading = AlarmName.replace('stepcanary ', '');
      expect(AlarmDescription).toContain(`https://example.com/runbook#${heading}`);
      expect(AlarmActions).toEqual([{ Ref: topic }]);
    }
  });

  test('may publish although the topic has a policy of its own', () => {
    const [policy] = ofType(resources, 'AWS::SNS::TopicPolicy');
    expect(policy?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      }),
    );
  });

  test.each(['RestoreFailed', 'PromotionFailed'])('count %s in executions and outside of them', (name) => {
    const [filter] = ofType(resources, 'AWS::Logs::MetricFilter').filter(
      ({ Properties }) => Properties.MetricTransformations[0].MetricName === `Executions${name}`,
    );
    expect(filter?.Properties.FilterPattern).toBe(
      `{ ($.type = "ExecutionFailed") && ($.details.error = "Canary.${name}") }`,
    );
    expect(metrics()).toEqual(expect.arrayContaining([`Executions${name}`, name]));
  });

  test('watch executions by the dimension that Step Functions publishes', () => {
    const aborted = alarms().find(({ MetricName }) => MetricName === 'ExecutionsAborted');
    expect(aborted?.Namespace).toBe('AWS/States');
    expect(aborted?.Dimensions[0].Name).toBe('StateMachineArn');
  });
});

describe('the dashboard', () => {
  const body = (from = resources): string => {
    const [dashboard] = ofType(from, 'AWS::CloudWatch::Dashboard');
    const text = dashboard?.Properties.DashboardBody;
    return typeof text === 'string'
      ? text
      : text['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'X')).join('');
  };

  test('lets one choose among the services of this engine', () => {
    const { variables, widgets } = JSON.parse(body());
    expect(variables).toEqual([
      expect.objectContaining({
        type: 'pattern',
        pattern: 'SERVICE-AT-TARGET',
        values: ['checkout@prod-eu', 'podinfo@prod-eu', 'search@prod-eu'].map((value) => ({ value })),
      }),
    ]);
    expect(JSON.stringify(widgets)).toContain('service_target = \\"SERVICE-AT-TARGET\\"');
  });

  test('has a name of its own in each region, as an account has one list of them', () => {
    const [dashboard] = ofType(resources, 'AWS::CloudWatch::Dashboard');
    expect(dashboard?.Properties.DashboardName).toBe('stepcanary-eu-west-1');
  });

  test('asks for the name where no service is deployed yet', () => {
    const empty = synthesiseQuickly({ rolloutsDirectory: rolloutsFolder({}) });
    expect(JSON.parse(body(resourcesOf(empty, STACK))).variables[0].inputType).toBe('input');
  });
});
