import { expect, test } from 'vitest';
import { actionsOf } from '../../../../sandbox/aws/iam/actions.ts';
import { resourcesOf } from '../../../../sandbox/aws/iam/resources.ts';
import { secretArn } from '../../../../sandbox/aws/names.ts';
import type { Call } from '../../../../sandbox/aws/service.ts';

const [region, account] = ['eu-west-1', '111122223333'];
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const route = 'mesh/global/virtualRouter/r/route/podinfo';
const names = { meshName: 'global', virtualRouterName: 'r', routeName: 'podinfo' };
const spec = { httpRoute: { action: { weightedTargets: [{ virtualNode: 'a' }, { virtualNode: 'b' }] } } };
const secret = secretArn(region, account, 'slack/deployments');
const machine = arn('states', 'stateMachine:rollout');

test.each<[string, object, readonly string[]]>([
  ['appmesh:DescribeRoute', names, [arn('appmesh', route)]],
  [
    'appmesh:DescribeRoute',
    { ...names, meshOwner: '999988887777' },
    [arn('appmesh', route).replace(account, '999988887777')],
  ],
  [
    'appmesh:UpdateRoute',
    { ...names, spec },
    [
      arn('appmesh', route),
      arn('appmesh', 'mesh/global/virtualNode/a'),
      arn('appmesh', 'mesh/global/virtualNode/b'),
    ],
  ],
  [
    'appmesh:ListRoutes',
    { meshName: 'global', virtualRouterName: 'r' },
    [arn('appmesh', 'mesh/global/virtualRouter/r')],
  ],
  ['appmesh:ListMeshes', {}, ['*']],
  ['eks:DescribeCluster', { name: 'prod' }, [arn('eks', 'cluster/prod')]],
  [
    'eks:CreateAccessEntry',
    { clusterName: 'prod', principalArn: 'arn:aws:iam::1:role/x' },
    [arn('eks', 'cluster/prod')],
  ],
  ['ecr:DescribeImages', { repositoryName: 'podinfo' }, [arn('ecr', 'repository/podinfo')]],
  ['ecr:GetAuthorizationToken', {}, ['*']],
  ['cloudwatch:GetMetricData', { MetricDataQueries: [] }, ['*']],
  ['cloudwatch:PutMetricData', { Namespace: 'n' }, ['*']],
  ['xray:GetTimeSeriesServiceStatistics', {}, ['*']],
  ['dynamodb:PutItem', { TableName: 'rollouts' }, [arn('dynamodb', 'table/rollouts')]],
  [
    'dynamodb:Query',
    { TableName: 'rollouts', IndexName: 'by-time' },
    [arn('dynamodb', 'table/rollouts/index/by-time')],
  ],
  [
    'dynamodb:BatchGetItem',
    { RequestItems: { a: {}, b: {} } },
    [arn('dynamodb', 'table/a'), arn('dynamodb', 'table/b')],
  ],
  ['lambda:Invoke', { FunctionName: 'shift-traffic' }, [arn('lambda', 'function:shift-traffic')]],
  [
    'lambda:Invoke',
    { FunctionName: arn('lambda', 'function:shift-traffic:3') },
    [arn('lambda', 'function:shift-traffic:3')],
  ],
  [
    'lambda:Invoke',
    { FunctionName: 'shift-traffic', Qualifier: '3' },
    [arn('lambda', 'function:shift-traffic:3')],
  ],
  ['sns:Publish', { TopicArn: arn('sns', 'alerts') }, [arn('sns', 'alerts')]],
  ['sns:Unsubscribe', { SubscriptionArn: `${arn('sns', 'alerts')}:uuid` }, [arn('sns', 'alerts')]],
  ['ssm:GetParameter', { Name: '/stepcanary/podinfo' }, [arn('ssm', 'parameter/stepcanary/podinfo')]],
  ['ssm:GetParametersByPath', { Path: '/stepcanary' }, [arn('ssm', 'parameter/stepcanary')]],
  ['secretsmanager:GetSecretValue', { SecretId: 'slack/deployments' }, [secret]],
  ['secretsmanager:GetSecretValue', { SecretId: secret }, [secret]],
  ['states:StartExecution', { stateMachineArn: machine }, [machine]],
  ['states:StartExecution', { stateMachineArn: `${machine}:7` }, [machine]],
  [
    'states:DescribeExecution',
    { executionArn: arn('states', 'execution:rollout:x') },
    [arn('states', 'execution:rollout:x')],
  ],
  [
    'events:PutEvents',
    { Entries: [{}, { EventBusName: 'own' }] },
    [arn('events', 'event-bus/default'), arn('events', 'event-bus/own')],
  ],
  ['events:PutRule', { Name: 'push' }, [arn('events', 'rule/push')]],
  ['events:PutTargets', { Rule: 'push', EventBusName: 'own' }, [arn('events', 'rule/own/push')]],
  [
    'logs:PutLogEvents',
    { logGroupName: '/aws/lambda/f', logStreamName: 's' },
    [arn('logs', 'log-group:/aws/lambda/f:log-stream:s')],
  ],
])('%s with %j is decided on the ARN that AWS decides on', async (name, input, expected) => {
  const [service = '', operation = ''] = name.split(':');
  const call = { service, operation, region, account } as Call;
  const [action = ''] = actionsOf(call);
  expect(await resourcesOf(action, input as Record<string, unknown>, call)).toEqual(expected);
});

test('the action of Invoke is InvokeFunction, of PublishBatch Publish', () => {
  expect(actionsOf({ service: 'lambda', operation: 'Invoke' })).toEqual(['lambda:InvokeFunction']);
  expect(actionsOf({ service: 'sns', operation: 'PublishBatch' })).toEqual(['sns:Publish']);
});
