import { afterEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';

const START = Date.UTC(2030, 0, 1);
const MINUTE = 60_000;
let sandbox: Sandbox;
afterEach(() => sandbox.close());

const ALARM = {
  AlarmName: 'too many',
  Namespace: 'Shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
};

/** A sandbox with an alarm that tells a topic, whose policy lets alarms publish or not, and a metric that breaches. */
const withAlarm = async ({ mayPublish }: { mayPublish: boolean }) => {
  const clock = new VirtualClock(START);
  const log: string[] = [];
  sandbox = await startSandbox({
    clock,
    virtual: true,
    port: 0,
    observer: { log: (line) => log.push(line) },
  });
  const { call, stores, account, region } = sandbox;
  const topic = stores.topics.create(sandbox, 'news');
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topic.arn,
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  };
  topic.attributes.set(
    'Policy',
    JSON.stringify({ Version: '2012-10-17', Statement: mayPublish ? [statement] : [] }),
  );
  const messages: { subject: string | undefined; message: string }[] = [];
  sandbox.observe({ message: ({ subject, message }) => messages.push({ subject, message }) });
  const queue = `arn:aws:sqs:${region}:${account}:changes`;
  const fromRules = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
  };
  stores.queues.create(queue, queue);
  stores.queues.setPolicy(queue, { Version: '2012-10-17', Statement: [{ ...fromRules, Resource: queue }] });
  const EventPattern = JSON.stringify({
    source: ['aws.cloudwatch'],
    detail: { state: { value: ['ALARM'] } },
  });
  await call('events', 'PutRule', { Name: 'alarms', EventPattern });
  await call('events', 'PutTargets', { Rule: 'alarms', Targets: [{ Id: 'queue', Arn: queue }] });
  await call('cloudwatch', 'PutMetricAlarm', { ...ALARM, AlarmActions: [topic.arn] });
  stores.metrics.record({ namespace: 'Shop', name: 'Errors', dimensions: {}, at: START + 10_000, value: 2 });
  await clock.run(START + MINUTE);
  const history = async () => {
    const { AlarmHistoryItems } = await call('cloudwatch', 'DescribeAlarmHistory', {
      HistoryItemType: 'Action',
    });
    return (AlarmHistoryItems as { HistorySummary: string }[]).map(({ HistorySummary }) => HistorySummary);
  };
  return { topic, messages, events: () => stores.queues.messages(queue), history, log };
};

it('an alarm pages its topic and tells the event bus when its metric breaches', async () => {
  const { topic, messages, events, history } = await withAlarm({ mayPublish: true });
  expect(messages.map(({ subject }) => subject)).toEqual(['ALARM: "too many" in EU (Ireland)']);
  expect(JSON.parse(messages[0]?.message ?? '')).toMatchObject({
    AlarmName: 'too many',
    OldStateValue: 'INSUFFICIENT_DATA',
    NewStateValue: 'ALARM',
    StateChangeTime: '2030-01-01T00:01:00.000+0000',
    Trigger: { MetricName: 'Errors', Statistic: 'SUM', Threshold: 1 },
  });
  expect(events().map(({ body }) => JSON.parse(body))).toMatchObject([
    {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: {
        alarmName: 'too many',
        state: { value: 'ALARM' },
        previousState: { value: 'INSUFFICIENT_DATA' },
        configuration: { metrics: [{ metricStat: { metric: { namespace: 'Shop', name: 'Errors' } } }] },
      },
    },
  ]);
  expect(await history()).toEqual([`Successfully executed action ${topic.arn}`]);
});

it('a topic whose policy does not know CloudWatch is not told, and the alarm’s history says so', async () => {
  const { messages, events, history, log } = await withAlarm({ mayPublish: false });
  expect(messages).toEqual([]);
  expect(events()).toHaveLength(1);
  expect(await history()).toEqual([expect.stringMatching(/^Failed to execute action .*not authorized/)]);
  expect(log).toEqual([expect.stringContaining('alarm too many: Failed')]);
});
