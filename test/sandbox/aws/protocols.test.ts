import { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { IamStore } from '../../../sandbox/aws/iam/store.ts';
import { AwsError, type Behaviours } from '../../../sandbox/aws/service.ts';
import { sts } from '../../../sandbox/aws/services/sts.ts';
import { ACCOUNT, localEdge, REGION, scoped } from './local-edge.ts';

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
