import { AppMeshClient, DescribeMeshCommand, UpdateMeshCommand } from '@aws-sdk/client-app-mesh';
import { describe, expect, test } from 'vitest';
import { appMesh } from '../../../sandbox/aws/services/app-mesh/app-mesh.ts';
import { KINDS } from '../../../sandbox/aws/services/app-mesh/kinds.ts';
import { MeshStore } from '../../../sandbox/aws/services/app-mesh/store.ts';
import { ACCOUNT, localEdge, REGION } from './local-edge.ts';

const meshes =
  (store = new MeshStore()) =>
  () => ({ appmesh: appMesh(store) });
const place = { account: ACCOUNT, region: REGION };

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

  test('a late effect comes when its caller has given up', async () => {
    const { faults, calls, version, update } = await arrange();
    faults.arm({ call: 'appmesh.UpdateMesh', error: 'InternalServerErrorException', when: 'late', byMs: 40 });
    await expect(update(1)).rejects.toMatchObject({ name: 'InternalServerErrorException' });
    expect(calls).toHaveLength(1);
    await waitFor(() => faults.underWay === 0);
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
