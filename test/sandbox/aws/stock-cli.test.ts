import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createAws } from '../../../sandbox/aws/aws.ts';
import type { Delivery } from '../../../sandbox/aws/services/events/rule.ts';
import { RealClock } from '../../../sandbox/clock.ts';
import { ACCOUNT, localEdge, REGION } from './local-edge.ts';

const run = promisify(execFile);

function installed(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(installed())(
  'the AWS CLI, where there is one, drives the sandbox with dummy credentials',
  async () => {
    const delivered: Delivery[] = [];
    const clock = new RealClock();
    const aws = createAws({ clock, account: ACCOUNT, deliver: (delivery) => void delivered.push(delivery) });
    const { edge } = await localEdge({
      iam: aws.stores.iam,
      services: () => aws.services,
      passthrough: aws.passthrough,
    });
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_ENDPOINT_URL: edge.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: REGION,
      AWS_PAGER: '',
    };
    const cli = async (...args: string[]) => {
      const { stdout } = await run('aws', [...args, '--output', 'json'], { env });
      return stdout === '' ? {} : JSON.parse(stdout);
    };
    expect((await cli('sts', 'get-caller-identity')).Account).toBe(ACCOUNT);
    expect((await cli('appmesh', 'create-mesh', '--mesh-name', 'global')).mesh.metadata.version).toBe(1);
    await expect(cli('appmesh', 'describe-mesh', '--mesh-name', 'none')).rejects.toThrow(
      /\(NotFoundException\)/,
    );
    const place = { account: ACCOUNT, region: REGION };
    const rule = aws.stores.buses.putRule(place, { name: 'push', pattern: { source: ['aws.ecr'] } });
    aws.stores.buses.putTargets(rule, [
      { Id: 'start', Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:start` },
    ]);
    await cli(
      'events',
      'put-events',
      '--entries',
      '[{"Source":"aws.ecr","DetailType":"ECR Image Action","Detail":"{}"}]',
    );
    expect(delivered).toHaveLength(1);
  },
);
