import { createServer } from 'node:net';
import {
  AppMeshClient,
  DescribeMeshCommand,
  ListMeshesCommand,
  UpdateMeshCommand,
} from '@aws-sdk/client-app-mesh';
import { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { startEdge } from '../../../sandbox/aws/edge.ts';
import { IamStore } from '../../../sandbox/aws/iam/store.ts';
import { AwsError, type Behaviours } from '../../../sandbox/aws/service.ts';
import { appMesh } from '../../../sandbox/aws/services/app-mesh/app-mesh.ts';
import { KINDS } from '../../../sandbox/aws/services/app-mesh/kinds.ts';
import { MeshStore } from '../../../sandbox/aws/services/app-mesh/store.ts';
import { sts } from '../../../sandbox/aws/services/sts.ts';
import { RealClock } from '../../../sandbox/clock.ts';
import { Faults } from '../../../sandbox/faults.ts';
import { ACCOUNT, localEdge, REGION } from './local-edge.ts';

const meshes =
  (store = new MeshStore()) =>
  () => ({ appmesh: appMesh(store) });
const place = { account: ACCOUNT, region: REGION };

/** Signs nothing: the edge reads the scope only. */
const scoped = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20261121/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe('what is not there', () => {
  test('an operation without a behaviour answers 501 with its name and is logged once', async () => {
    const { config, logged } = await localEdge();
    const client = new AppMeshClient(config());
    for (let time = 0; time < 2; time++)
      await expect(client.send(new ListMeshesCommand({}))).rejects.toMatchObject({
        name: 'NotImplemented',
        message: /appmesh:ListMeshes/,
        $metadata: { httpStatusCode: 501 },
      });
    expect(logged).toEqual(['The sandbox does not implement appmesh:ListMeshes.']);
  });

  test('a service that the sandbox does not have answers 501 with its name', async () => {
    const { edge } = await localEdge();
    const response = await fetch(`${edge.endpoint}/`, { headers: scoped('braket') });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('braket');
  });

  test('a request without a signature is refused', async () => {
    const { edge } = await localEdge({ services: meshes() });
    const response = await fetch(`${edge.endpoint}/v20190125/meshes`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('MissingAuthenticationToken');
  });

  test('a path that no operation has answers 501', async () => {
    const { edge } = await localEdge({ services: meshes() });
    const response = await fetch(`${edge.endpoint}/v1/nothing`, { headers: scoped('appmesh') });
    expect([response.status, await response.text()]).toEqual([
      501,
      expect.stringContaining('GET /v1/nothing'),
    ]);
  });
});

describe('requests and answers against the schema', () => {
  test('a missing member and a wrong type are named, all at once', async () => {
    const { edge } = await localEdge({ services: meshes() });
    const url = `${edge.endpoint}/v20190125/meshes/m/virtualNodes`;
    const body = JSON.stringify({ spec: { listeners: [{ portMapping: { port: 'eighty' } }] } });
    const response = await fetch(url, { method: 'PUT', headers: scoped('appmesh'), body });
    const { message } = (await response.json()) as { message: string };
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([400, 'BadRequestException']);
    expect(message).toContain("Value null at 'virtualNodeName'");
    expect(message).toContain(
      "'spec.listeners.1.member.portMapping.port' failed to satisfy constraint: Member must be a number",
    );
    expect(message).toContain("Value null at 'spec.listeners.1.member.portMapping.protocol'");
  });

  test('a body that is no JSON is a SerializationException', async () => {
    const { edge } = await localEdge({ services: meshes() });
    const url = `${edge.endpoint}/v20190125/meshes`;
    const response = await fetch(url, { method: 'PUT', headers: scoped('appmesh'), body: '{"meshName":' });
    expect(response.headers.get('x-amzn-errortype')).toBe('SerializationException');
  });

  test.each<[string, Behaviours[string], RegExp]>([
    ['leaves out a required member', () => ({}), /'mesh'/],
    [
      'has a member that the schema does not know',
      () => ({ mesh: undefined, extra: 1 }),
      /'extra' is not a member/,
    ],
  ])(
    'an answer of ours that %s is a failure of ours, not of the caller',
    async (_, DescribeMesh, message) => {
      const { config, logged } = await localEdge({ services: () => ({ appmesh: { DescribeMesh } }) });
      const client = new AppMeshClient(config());
      await expect(client.send(new DescribeMeshCommand({ meshName: 'm' }))).rejects.toMatchObject({
        name: 'InternalFailure',
        message,
      });
      expect(logged).toHaveLength(1);
    },
  );
});

describe('faults', () => {
  const arrange = async () => {
    const store = new MeshStore();
    store.put(place, KINDS.mesh, ['m'], {}, 0);
    const local = await localEdge({ services: meshes(store) });
    const version = () =>
      new AppMeshClient(local.config())
        .send(new DescribeMeshCommand({ meshName: 'm' }))
        .then(({ mesh }) => mesh?.metadata?.version);
    const update = (attempts: number) =>
      new AppMeshClient({ ...local.config(), maxAttempts: attempts }).send(
        new UpdateMeshCommand({ meshName: 'm' }),
      );
    return { ...local, version, update };
  };

  test('an error before the effect changes nothing; the client tries again and each attempt is counted', async () => {
    const { faults, calls, version, update } = await arrange();
    faults.arm({ call: 'appmesh.UpdateMesh', error: 'TooManyRequestsException' });
    await update(2);
    expect(calls.map(({ status, error }) => [status, error])).toEqual([
      [429, 'TooManyRequestsException'],
      [200, undefined],
    ]);
    expect(await version()).toBe(2);
  });

  test('an error after the effect: the answer is lost, and the same client token changes nothing again', async () => {
    const { faults, version, update } = await arrange();
    faults.arm({ call: 'appmesh.UpdateMesh', error: 'InternalServerErrorException', when: 'after' });
    await update(2);
    expect(await version()).toBe(2);
  });

  test('reset destroys the connection', async () => {
    const { faults, calls, version, update } = await arrange();
    faults.arm({ call: 'appmesh.UpdateMesh', error: 'reset' });
    await expect(update(1)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(calls.map(({ error }) => error)).toEqual(['reset']);
    expect(await version()).toBe(1);
  });

  test('hang never answers and says so', async () => {
    const { faults, parked, update, version } = await arrange();
    faults.arm({ call: 'appmesh.UpdateMesh', error: 'hang', when: 'after' });
    const outcome = update(1).catch((error) => error);
    const hung = await Promise.race([outcome, waitFor(() => parked.length > 0)]);
    expect(hung).toBe(true);
    expect(parked[0]?.operation).toBe('UpdateMesh');
    expect(await version()).toBe(2);
  });
});

const waitFor = async (ready: () => boolean): Promise<boolean> => {
  while (!ready()) await new Promise((resolve) => setImmediate(resolve));
  return true;
};

describe('protocols', () => {
  const services = (iam: IamStore): Record<string, Behaviours> => ({
    sts: sts(iam),
    sns: { ListTopics: () => ({ Topics: [{ TopicArn: 'a<b>&"c' }] }) },
    cloudwatch: {
      ListMetrics: ({ Namespace }) => {
        if (Namespace === 'bad') throw new AwsError('InvalidParameterValueException', 'no such namespace');
        return { Metrics: [{ Namespace, MetricName: 'm', Dimensions: [{ Name: 'a', Value: 'b' }] }] };
      },
    },
  });

  test('Query: XML comes back with its special characters', async () => {
    const { config } = await localEdge({ services });
    const { Topics } = await new SNSClient(config()).send(new ListTopicsCommand({}));
    expect(Topics).toEqual([{ TopicArn: 'a<b>&"c' }]);
  });

  test('Query over GET, as in a presigned URL', async () => {
    const { edge } = await localEdge({ services });
    const query = `Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=test%2F20261121%2F${REGION}%2Fsts%2Faws4_request`;
    const response = await fetch(`${edge.endpoint}/?${query}`);
    expect(await response.text()).toContain(`<Account>${ACCOUNT}</Account>`);
  });

  test('CloudWatch by JSON, by the Query of older clients and by CBOR gives the same', async () => {
    const { edge, config } = await localEdge({ services });
    const { Metrics } = await new CloudWatchClient(config()).send(new ListMetricsCommand({ Namespace: 'n' }));
    expect(Metrics).toEqual([{ Namespace: 'n', MetricName: 'm', Dimensions: [{ Name: 'a', Value: 'b' }] }]);
    const form = await fetch(edge.endpoint, {
      method: 'POST',
      headers: { ...scoped('monitoring'), 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=ListMetrics&Version=2010-08-01&Namespace=n',
    });
    expect(await form.text()).toContain(
      '<Metrics><member><Namespace>n</Namespace><MetricName>m</MetricName><Dimensions><member><Name>a</Name><Value>b</Value></member></Dimensions></member></Metrics>',
    );
    const cbor = await fetch(`${edge.endpoint}/service/GraniteServiceVersion20100801/operation/ListMetrics`, {
      method: 'POST',
      headers: {
        ...scoped('monitoring'),
        'smithy-protocol': 'rpc-v2-cbor',
        'content-type': 'application/cbor',
      },
      body: Buffer.from('a1694e616d657370616365616e', 'hex'),
    });
    expect(cbor.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
    expect(Buffer.from(await cbor.arrayBuffer()).toString('latin1')).toContain('MetricName');
  });

  test('metrics that the client compressed arrive whole', async () => {
    let received: unknown;
    const PutMetricData: Behaviours[string] = (input) => {
      received = input.MetricData;
    };
    const { config } = await localEdge({ services: () => ({ cloudwatch: { PutMetricData } }) });
    const MetricData = Array.from({ length: 500 }, (_, Value) => ({
      MetricName: 'latency of a request',
      Value,
    }));
    await new CloudWatchClient(config()).send(new PutMetricDataCommand({ Namespace: 'n', MetricData }));
    expect(received).toEqual(MetricData);
  });

  test('an error of a service that once spoke Query keeps its old code for clients that ask for it', async () => {
    const { config } = await localEdge({ services });
    const listing = new CloudWatchClient(config()).send(new ListMetricsCommand({ Namespace: 'bad' }));
    await expect(listing).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'no such namespace',
    });
  });

  test('the caller is told by its access key', async () => {
    const { config, iam, calls } = await localEdge({ services });
    const arn = `arn:aws:iam::${ACCOUNT}:role/service/podinfo`;
    iam.putRole({ arn, trust: { Statement: [] } });
    const { accessKeyId } = iam.createSession(arn, { sessionName: 'podinfo-6.0.1' });
    const identity = await new STSClient(config(accessKeyId)).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/podinfo/podinfo-6.0.1`);
    expect(calls[0]?.call.caller.sessionName).toBe('podinfo-6.0.1');
  });
});

describe('the port', () => {
  const start = (port?: number) =>
    startEdge({
      ...(port !== undefined && { port }),
      clock: new RealClock(),
      services: {},
      iam: new IamStore({ account: ACCOUNT }),
      faults: new Faults(),
    });

  test('without a wish two edges live side by side', async () => {
    const [first, second] = [await start(), await start()];
    expect(first.endpoint).not.toBe(second.endpoint);
    await Promise.all([first.close(), second.close()]);
  });

  test('a wished port that is taken is an error', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    await expect(start(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => holder.close(resolve));
  });
});
