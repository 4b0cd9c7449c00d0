import { createServer } from 'node:net';
import { AppMeshClient, DescribeMeshCommand, ListMeshesCommand } from '@aws-sdk/client-app-mesh';
import { describe, expect, test } from 'vitest';
import { startEdge } from '../../../sandbox/aws/edge.ts';
import { IamStore } from '../../../sandbox/aws/iam/store.ts';
import type { Behaviours } from '../../../sandbox/aws/service.ts';
import { appMesh } from '../../../sandbox/aws/services/app-mesh/app-mesh.ts';
import { MeshStore } from '../../../sandbox/aws/services/app-mesh/store.ts';
import { RealClock } from '../../../sandbox/clock.ts';
import { Faults } from '../../../sandbox/faults.ts';
import { ACCOUNT, localEdge, scoped } from './local-edge.ts';

const meshes =
  (store = new MeshStore()) =>
  () => ({ appmesh: appMesh(store) });

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

  test("a path with a broken percent-encoding is the caller's fault", async () => {
    const { edge } = await localEdge({ services: meshes() });
    const response = await fetch(`${edge.endpoint}/v20190125/meshes/%zz`, { headers: scoped('appmesh') });
    expect(response.status).toBe(400);
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
