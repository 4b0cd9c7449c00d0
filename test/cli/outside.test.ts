import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { AppMeshClient, DescribeRouteCommand, UpdateRouteCommand } from '@aws-sdk/client-app-mesh';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OCI_MANIFEST } from '../../sandbox/aws/services/ecr/registry.ts';
import { type SandboxProcess, startSandboxProcess, stepcanary } from './stepcanary.ts';

const FOLDER = ['--rollouts', 'docs/outside'] as const;
const ROUTE = { meshName: 'global', virtualRouterName: 'podinfo-router', routeName: 'podinfo' };

let sandbox: SandboxProcess;
const run = (...args: string[]) => stepcanary([...args, ...FOLDER], sandbox.env);
const clientConfig = () => ({
  endpoint: sandbox.env.AWS_ENDPOINT_URL ?? '',
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
const push = (tag: string) =>
  new ECRClient(clientConfig()).send(
    new PutImageCommand({
      repositoryName: 'podinfo',
      imageTag: tag,
      imageManifest: JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, annotations: { tag } }),
    }),
  );

beforeAll(async () => {
  sandbox = await startSandboxProcess([...FOLDER, '--port', '0']);
});
afterAll(() => sandbox.end());

test('without traffic nothing is claimed, and the preflight finds all as the spec says', async () => {
  const doctor = await run('doctor', 'podinfo', '--json');
  expect(doctor).toMatchObject({ code: 0, err: '' });
  const { ok, checks } = JSON.parse(doctor.out);
  expect(ok).toBe(true);
  expect(checks.map(({ path }: { path: string }) => path)).toEqual([
    'engine',
    'target',
    'router.appMesh',
    'trigger.ecr',
    'analysis.source',
    'workload.primary',
    'workload.canary',
    'workload',
    'workload.configTracking',
    'router.appMesh.virtualRouter',
    'analysis',
  ]);
  expect(checks.at(-1).say).toMatch(/^what the traffic can show is not known: podinfo@local: only 0 minutes/);
  expect((await run('status')).out).toMatch(/^podinfo@local +Initialized +0 +- +- +-$/m);
});

test('doctor ends with 1 where a target of the route is gone, and says what to do', async () => {
  const mesh = new AppMeshClient(clientConfig());
  const { route } = await mesh.send(new DescribeRouteCommand(ROUTE));
  const weightedTargets = [{ virtualNode: 'podinfo-primary', weight: 100 }];
  const spec = { httpRoute: { match: { prefix: '/' }, action: { weightedTargets } } };
  await mesh.send(new UpdateRouteCommand({ ...ROUTE, spec }));
  const doctor = await run('doctor', 'podinfo');
  await mesh.send(new UpdateRouteCommand({ ...ROUTE, spec: route?.spec }));
  expect(doctor.code).toBe(1);
  expect(doctor.out).toMatch(/^problem +router\.appMesh.*podinfo-canary/m);
});

test.each([
  [
    ['start', 'podinfo', '--tag', '6.9.9'],
    2,
    'tag: podinfo has no image 6.9.9; push it, or name a tag that is there',
  ],
  [
    ['start', 'podinfo', '--tag', '6.0.0'],
    1,
    'podinfo@local: nothing was started: the primary runs 6.0.0 already',
  ],
  [['start', 'podinfo', '--tag', '6.0:1'], 2, '--tag: must be an image tag'],
  [['approve', 'podinfo'], 2, 'podinfo@local: no rollout is under way; see stepcanary status'],
  [
    ['abort', 'podinfi'],
    2,
    'service: no spec in docs/outside is for it, got "podinfi"; did you mean podinfo?',
  ],
])('%j ends with %i and one line', async (args, code, line) => {
  const ran = await run(...args);
  expect(ran).toMatchObject({ code, out: '' });
  expect(ran.err.startsWith(line)).toBe(true);
  expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
});

test('a push starts a rollout, a second one waits, and who asked for its end is named by STS', async () => {
  await push('6.0.1');
  await expect.poll(async () => (await run('status')).out).toMatch(/Progressing.*6\.0\.1/);
  await push('6.0.2');
  await expect.poll(async () => (await run('status')).out).toContain('6.0.1 (then 6.0.2)');
  expect((await run('pause', 'podinfo')).out).toBe('podinfo@local: pause is heard at the next tick\n');
  expect(JSON.parse((await run('status', 'podinfo', '--json')).out)).toMatchObject({
    version: '6.0.1',
    needs: 'resume: paused by arn:aws:iam::111122223333:user/owner',
    next: '6.0.2',
  });
});

test('credentials that are not there are one line, before anything is asked', async () => {
  const ran = await stepcanary(['doctor', 'podinfo', ...FOLDER]);
  expect(ran).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^credentials: none were found.*\n$/),
  });
});

test('two sandboxes do not touch each other, a taken port is told, and SIGTERM leaves nothing', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as { port: number };
  const other = await startSandboxProcess([...FOLDER, '--port', String(port), '--running', '6.0.7']);
  holder.close();
  const { AWS_ENDPOINT_URL: endpoint = '', KUBECONFIG: kubeconfig = '' } = other.env;
  expect(other.said).toContain(`Port ${port} is taken`);
  expect(endpoint).not.toBe(sandbox.env.AWS_ENDPOINT_URL);
  const ran = await stepcanary(['status', ...FOLDER], other.env);
  expect(ran.out).toMatch(/podinfo@local +Initialized/);
  expect(await other.end()).toBe(0);
  expect(existsSync(dirname(kubeconfig))).toBe(false);
  await expect(fetch(endpoint)).rejects.toThrow();
});
