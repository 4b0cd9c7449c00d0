import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateAccessEntryCommand,
  DescribeAccessEntryCommand,
  DescribeClusterCommand,
  EKSClient,
  ListAccessEntriesCommand,
} from '@aws-sdk/client-eks';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { type AuthenticationMode, ClusterStore, eks } from '../../../../sandbox/aws/services/eks.ts';
import { LogStore, logs } from '../../../../sandbox/aws/services/logs.ts';
import { ParameterStore, ssm } from '../../../../sandbox/aws/services/parameters.ts';
import { SecretStore, secretsManager } from '../../../../sandbox/aws/services/secrets.ts';
import { ACCOUNT, localEdge, REGION } from '../local-edge.ts';

describe('SSM parameters', () => {
  const client = async () => {
    const { config } = await localEdge({ services: () => ({ ssm: ssm(new ParameterStore()) }) });
    const made = new SSMClient(config());
    const put = (Name: string, Value: string, Overwrite?: boolean) =>
      made.send(
        new PutParameterCommand({
          Name,
          Value,
          Type: 'String',
          ...(Overwrite !== undefined && { Overwrite }),
        }),
      );
    return { client: made, put };
  };

  test('are read by name and by ARN, and overwritten only when asked', async () => {
    const { client: made, put } = await client();
    await put('/stepcanary/podinfo', 'a');
    await expect(put('/stepcanary/podinfo', 'b')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('/stepcanary/podinfo', 'b', true)).toMatchObject({ Version: 2 });
    const { Parameter } = await made.send(new GetParameterCommand({ Name: '/stepcanary/podinfo' }));
    expect(Parameter).toMatchObject({
      Value: 'b',
      ARN: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/stepcanary/podinfo`,
    });
    const byArn = await made.send(new GetParameterCommand({ Name: Parameter?.ARN }));
    expect(byArn.Parameter?.Value).toBe('b');
  });

  test('by path: children alone, or all below, in pages', async () => {
    const { client: made, put } = await client();
    for (const name of ['/a/b', '/a/c/d', '/ab/x']) await put(name, name);
    const names = async (Recursive: boolean) =>
      (await made.send(new GetParametersByPathCommand({ Path: '/a', Recursive }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await names(false)).toEqual(['/a/b']);
    expect(await names(true)).toEqual(['/a/b', '/a/c/d']);
    const first = await made.send(
      new GetParametersByPathCommand({ Path: '/a', Recursive: true, MaxResults: 1 }),
    );
    const rest = new GetParametersByPathCommand({
      Path: '/a',
      Recursive: true,
      MaxResults: 1,
      NextToken: first.NextToken,
    });
    expect((await made.send(rest)).Parameters?.map(({ Name }) => Name)).toEqual(['/a/c/d']);
  });

  test('what is not there is told apart', async () => {
    const { client: made, put } = await client();
    await put('/a', 'a');
    const read = await made.send(new GetParametersCommand({ Names: ['/a', '/b'] }));
    expect([read.Parameters?.length, read.InvalidParameters]).toEqual([1, ['/b']]);
    const gone = await made.send(new DeleteParametersCommand({ Names: ['/a', '/b'] }));
    expect(gone).toMatchObject({ DeletedParameters: ['/a'], InvalidParameters: ['/b'] });
    await expect(made.send(new GetParameterCommand({ Name: '/a' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
  });
});

test('a secret is read by name, whole ARN and partial ARN; the version before stays readable', async () => {
  const { config } = await localEdge({
    services: () => ({ secretsmanager: secretsManager(new SecretStore()) }),
  });
  const client = new SecretsManagerClient(config());
  const { ARN = '' } = await client.send(
    new CreateSecretCommand({ Name: 'slack/deployments', SecretString: 'old' }),
  );
  expect(ARN).toMatch(/:secret:slack\/deployments-[0-9a-f]{6}$/);
  await client.send(new PutSecretValueCommand({ SecretId: 'slack/deployments', SecretString: 'new' }));
  const read = async (SecretId: string, VersionStage?: 'AWSPREVIOUS') =>
    (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
  expect(await Promise.all(['slack/deployments', ARN, ARN.slice(0, -7)].map((id) => read(id)))).toEqual([
    'new',
    'new',
    'new',
  ]);
  expect(await read(ARN, 'AWSPREVIOUS')).toBe('old');
  await expect(read('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

describe('EKS', () => {
  const principalArn = `arn:aws:iam::${ACCOUNT}:role/service-podinfo`;
  const client = async (authenticationMode?: AuthenticationMode) => {
    const store = new ClusterStore();
    const cluster = { name: 'prod', endpoint: 'https://127.0.0.1:6443', certificateAuthority: 'Q0E=' };
    store.put(
      { account: ACCOUNT, region: REGION },
      { ...cluster, ...(authenticationMode && { authenticationMode }) },
    );
    const { config } = await localEdge({ services: () => ({ eks: eks(store) }) });
    return new EKSClient(config());
  };

  test('an access entry gives a principal its Kubernetes groups', async () => {
    const made = await client('API');
    await made.send(
      new CreateAccessEntryCommand({
        clusterName: 'prod',
        principalArn,
        kubernetesGroups: ['stepcanary:podinfo'],
      }),
    );
    const { accessEntry } = await made.send(
      new DescribeAccessEntryCommand({ clusterName: 'prod', principalArn }),
    );
    expect(accessEntry).toMatchObject({
      kubernetesGroups: ['stepcanary:podinfo'],
      username: `arn:aws:sts::${ACCOUNT}:assumed-role/service-podinfo/{{SessionName}}`,
    });
    expect((await made.send(new ListAccessEntriesCommand({ clusterName: 'prod' }))).accessEntries).toEqual([
      principalArn,
    ]);
  });

  test('a cluster says its mode; with CONFIG_MAP, the default, there are no access entries', async () => {
    const made = await client();
    const { cluster } = await made.send(new DescribeClusterCommand({ name: 'prod' }));
    expect(cluster).toMatchObject({
      endpoint: 'https://127.0.0.1:6443',
      certificateAuthority: { data: 'Q0E=' },
      accessConfig: { authenticationMode: 'CONFIG_MAP' },
    });
    const create = made.send(new CreateAccessEntryCommand({ clusterName: 'prod', principalArn }));
    await expect(create).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: /API_AND_CONFIG_MAP/,
    });
    await expect(made.send(new DescribeClusterCommand({ name: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

test('log lines are filtered by terms, streams and time, and read stream by stream', async () => {
  const { config, clock } = await localEdge({ services: () => ({ logs: logs(new LogStore()) }) });
  const client = new CloudWatchLogsClient(config());
  const group = { logGroupName: '/aws/lambda/judge' };
  await client.send(new CreateLogGroupCommand(group));
  const now = clock.now();
  const lines = [
    ['a', 'ERROR judge failed', now],
    ['a', 'INFO judge passed', now + 1],
    ['b', 'ERROR shift failed', now + 2],
  ] as const;
  for (const logStreamName of ['a', 'b'])
    await client.send(new CreateLogStreamCommand({ ...group, logStreamName }));
  for (const [logStreamName, message, timestamp] of lines)
    await client.send(
      new PutLogEventsCommand({ ...group, logStreamName, logEvents: [{ timestamp, message }] }),
    );
  const filter = async (more: object) =>
    (await client.send(new FilterLogEventsCommand({ ...group, ...more }))).events?.map(
      ({ message }) => message,
    );
  expect(await filter({ filterPattern: 'ERROR' })).toEqual(['ERROR judge failed', 'ERROR shift failed']);
  expect(await filter({ filterPattern: 'ERROR -shift' })).toEqual(['ERROR judge failed']);
  expect(await filter({ logStreamNames: ['a'], startTime: now + 1 })).toEqual(['INFO judge passed']);
  const read = await client.send(
    new GetLogEventsCommand({ ...group, logStreamName: 'a', startFromHead: true }),
  );
  expect(read.events?.map(({ message }) => message)).toEqual(['ERROR judge failed', 'INFO judge passed']);
  expect(await filter({ filterPattern: '{ $.level = "ERROR" }' })).toEqual([]);
  await client.send(
    new PutLogEventsCommand({
      ...group,
      logStreamName: 'a',
      logEvents: [{ timestamp: now + 9, message: '{"level":"ERROR"}' }],
    }),
  );
  expect(await filter({ filterPattern: '{ $.level = "ERROR" }' })).toEqual(['{"level":"ERROR"}']);
  for (const filterPattern of ['[ip, user]', '{ $.level ~ 1 }'])
    await expect(filter({ filterPattern })).rejects.toMatchObject({ name: 'InvalidParameterException' });
});
