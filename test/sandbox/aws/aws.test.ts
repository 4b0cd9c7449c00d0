import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { createAws } from '../../../sandbox/aws/aws.ts';
import type { Delivery } from '../../../sandbox/aws/services/events/rule.ts';
import { RealClock } from '../../../sandbox/clock.ts';
import { ACCOUNT, localEdge, REGION } from './local-edge.ts';

async function sandbox() {
  const delivered: Delivery[] = [];
  const deliver = (delivery: Delivery) => void delivered.push(delivery);
  const aws = createAws({ clock: new RealClock(), account: ACCOUNT, deliver });
  const local = await localEdge({
    iam: aws.stores.iam,
    services: () => aws.services,
    passthrough: aws.passthrough,
  });
  return { delivered, config: local.config() };
}

test('an image pushed by a client reaches the target of a rule that matches its tag', async () => {
  const { delivered, config } = await sandbox();
  const [bridge, registry] = [new EventBridgeClient(config), new ECRClient(config)];
  const EventPattern = JSON.stringify({
    source: ['aws.ecr'],
    detail: { 'image-tag': [{ wildcard: '6.*' }] },
  });
  await bridge.send(new PutRuleCommand({ Name: 'push', EventPattern }));
  const Arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:start-rollout`;
  await bridge.send(new PutTargetsCommand({ Rule: 'push', Targets: [{ Id: 'start', Arn }] }));
  const repositoryName = 'podinfo';
  await registry.send(new CreateRepositoryCommand({ repositoryName }));
  for (const imageTag of ['6.0.1', 'latest'])
    await registry.send(
      new PutImageCommand({ repositoryName, imageTag, imageManifest: JSON.stringify({ imageTag }) }),
    );
  expect(delivered.map(({ target, event }) => [target.Arn, event.detail])).toEqual([
    [Arn, expect.objectContaining({ 'action-type': 'PUSH', 'image-tag': '6.0.1', result: 'SUCCESS' })],
  ]);
});

test('without a host for functions the Lambda API says that it is not there', async () => {
  const { config } = await sandbox();
  await expect(new LambdaClient(config).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});
