import { AppMeshClient, DescribeRouteCommand, UpdateRouteCommand } from '@aws-sdk/client-app-mesh';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { createAws } from '../../../../sandbox/aws/aws.ts';
import type { Statement } from '../../../../sandbox/aws/iam/policy.ts';
import { KINDS } from '../../../../sandbox/aws/services/app-mesh/kinds.ts';
import { RealClock } from '../../../../sandbox/clock.ts';
import { ACCOUNT, localEdge, REGION } from '../local-edge.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/service-podinfo`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/service-podinfo/podinfo-6.0.1`;
const place = { account: ACCOUNT, region: REGION };
const MESH = `arn:aws:appmesh:${REGION}:${ACCOUNT}:mesh/global`;
const ROUTE = `${MESH}/virtualRouter/r/route/podinfo`;

const names = { meshName: 'global', virtualRouterName: 'r', routeName: 'podinfo' };
const spec = { tcpRoute: { action: { weightedTargets: [{ virtualNode: 'podinfo-canary', weight: 5 }] } } };

/** An AWS in which a session of the service's role has these statements. */
async function asRole(...Statement: Statement[]) {
  const aws = createAws({ clock: new RealClock(), account: ACCOUNT, deliver: () => {} });
  const { iam, meshes } = aws.stores;
  meshes.put(place, KINDS.route, ['global', 'r', 'podinfo'], spec, 0);
  iam.putRole({ arn: ROLE, trust: { Statement: [] }, policies: [{ Version: '2012-10-17', Statement }] });
  const cloudwatch = { PutMetricData: () => ({}) };
  const { config } = await localEdge({
    iam,
    services: () => ({ ...aws.services, cloudwatch }),
    passthrough: aws.passthrough,
  });
  const { accessKeyId } = iam.createSession(ROLE, { sessionName: 'podinfo-6.0.1' });
  return { config: config(accessKeyId), owner: config(), aws };
}

const allow = (
  Action: string | string[],
  Resource: string | string[],
  rest: Partial<Statement> = {},
): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});

test('what the policy allows is done, what it does not name is refused with role, action and resource', async () => {
  const { config } = await asRole(allow('appmesh:DescribeRoute', ROUTE));
  const client = new AppMeshClient(config);
  expect((await client.send(new DescribeRouteCommand(names))).route?.spec).toEqual(spec);
  await expect(client.send(new UpdateRouteCommand({ ...names, spec }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 403 },
    message: `User: ${SESSION} is not authorized to perform: appmesh:UpdateRoute on resource: ${ROUTE} because no identity-based policy allows the appmesh:UpdateRoute action`,
  });
});

test('UpdateRoute needs the virtual nodes that it sends to', async () => {
  const { config } = await asRole(allow('appmesh:*', ROUTE));
  await expect(
    new AppMeshClient(config).send(new UpdateRouteCommand({ ...names, spec })),
  ).rejects.toMatchObject({
    message: expect.stringContaining(`on resource: ${MESH}/virtualNode/podinfo-canary`),
  });
  const both = await asRole(allow('appmesh:UpdateRoute', [ROUTE, `${MESH}/virtualNode/podinfo-*`]));
  await expect(
    new AppMeshClient(both.config).send(new UpdateRouteCommand({ ...names, spec })),
  ).resolves.toBeDefined();
});

test('the tags of a route are conditions', async () => {
  const own = { StringEquals: { 'aws:ResourceTag/service': 'podinfo' } };
  const { config, aws } = await asRole(allow('appmesh:DescribeRoute', '*', { Condition: own }));
  const describe = () => new AppMeshClient(config).send(new DescribeRouteCommand(names));
  await expect(describe()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  aws.stores.meshes.tags(ROUTE).set('service', 'podinfo');
  await expect(describe()).resolves.toBeDefined();
});

test('an explicit deny is said to be one', async () => {
  const { config } = await asRole(allow('*', '*'), {
    Effect: 'Deny',
    Action: 'appmesh:Update*',
    Resource: '*',
  });
  await expect(
    new AppMeshClient(config).send(new UpdateRouteCommand({ ...names, spec })),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/with an explicit deny in an identity-based policy$/),
  });
});

test('each service refuses by its own name', async () => {
  const { config } = await asRole();
  const publish = new SNSClient(config).send(
    new PublishCommand({ TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:t`, Message: 'm' }),
  );
  await expect(publish).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  const read = new DynamoDBClient(config).send(
    new GetItemCommand({ TableName: 'rollouts', Key: { pk: { S: 'a' } } }),
  );
  await expect(read).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('the namespace of metrics is a condition', async () => {
  const own = { StringEquals: { 'cloudwatch:namespace': 'stepcanary' } };
  const { config } = await asRole(allow('cloudwatch:PutMetricData', '*', { Condition: own }));
  const put = (Namespace: string) =>
    new CloudWatchClient(config).send(
      new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'm', Value: 1 }] }),
    );
  await expect(put('stepcanary')).resolves.toBeDefined();
  await expect(put('AppMesh')).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('leading keys keep a role to its own items, and conditional writes are decided by the database', async () => {
  const leading = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['podinfo'] } };
  const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/rollouts`;
  const { config, owner } = await asRole(allow('dynamodb:*', table, { Condition: leading }));
  await new DynamoDBClient(owner).send(
    new CreateTableCommand({
      TableName: 'rollouts',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const client = new DynamoDBClient(config);
  const claim = (pk: string) =>
    client.send(
      new PutItemCommand({
        TableName: 'rollouts',
        Item: { pk: { S: pk }, sk: { S: 'lock' }, generation: { N: '1' } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  const claims = await Promise.allSettled([claim('podinfo'), claim('podinfo'), claim('podinfo')]);
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(claims.flatMap((one) => (one.status === 'rejected' ? [one.reason.name] : []))).toEqual([
    'ConditionalCheckFailedException',
    'ConditionalCheckFailedException',
  ]);
  await expect(claim('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const query = (pk: string) =>
    client.send(
      new QueryCommand({
        TableName: 'rollouts',
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': 'pk' },
        ExpressionAttributeValues: { ':p': { S: pk } },
      }),
    );
  expect((await query('podinfo')).Count).toBe(1);
  await expect(query('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });

  // Another table of that name, with another key.
  const tables = new DynamoDBClient(owner);
  await tables.send(new DeleteTableCommand({ TableName: 'rollouts' }));
  await tables.send(
    new CreateTableCommand({
      TableName: 'rollouts',
      KeySchema: [{ AttributeName: 'service', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'service', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const put = (service: string) =>
    client.send(
      new PutItemCommand({
        TableName: 'rollouts',
        Item: { service: { S: service }, pk: { S: 'podinfo' } },
      }),
    );
  await expect(put('podinfo')).resolves.toBeDefined();
  await expect(put('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
