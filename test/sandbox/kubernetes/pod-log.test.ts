import { describe, expect, it } from 'vitest';
import { type Cluster, startPodinfo } from './cluster.ts';

const POD = '/api/v1/namespaces/test/pods';

const logOf = async (cluster: Cluster, query = '', image = 'registry/podinfo:6.0.0') => {
  const pod = cluster.pods().find(({ spec }) => spec.containers[0]?.image === image);
  const { code, body } = await cluster.call('GET', `${POD}/${pod?.metadata.name}/log${query}`);
  return { code, body };
};

const withImage = async (image: string, seconds: number) => {
  const cluster = await startPodinfo();
  await cluster.setImage(image);
  await cluster.advance(seconds);
  return cluster;
};

describe('the log of a pod', () => {
  it('tells when its container started and when it was ready', async () => {
    const cluster = await startPodinfo();
    const { body } = await logOf(cluster);
    expect(body).toMatch(
      /^time=2026-11-21T00:00:01Z level=info msg="started" image=registry\/podinfo:6.0.0 restarts=0\ntime=2026-11-21T00:00:05Z level=info msg="ready/,
    );
    expect((await logOf(cluster, '?tailLines=1')).body.split('\n')).toHaveLength(2);
    expect((await logOf(cluster, '?sinceSeconds=6')).body).not.toContain('started');
  });

  it('tells how a crashing container ended, also the one before the restart', async () => {
    const cluster = await withImage('registry/podinfo:crash-loop', 8);
    const ended = expect.stringContaining('msg="exited" code=1');
    expect((await logOf(cluster, '', 'registry/podinfo:crash-loop')).body).toEqual(ended);
    expect((await logOf(cluster, '?previous=true', 'registry/podinfo:crash-loop')).body).toEqual(ended);
  });

  it('is refused in the words of the kubelet where there is none', async () => {
    const cluster = await withImage('registry/podinfo:image-pull', 8);
    const message = async (query: string, image?: string) => {
      const { code, body } = await logOf(cluster, query, image);
      return [code, body.message];
    };
    expect(await message('', 'registry/podinfo:image-pull')).toEqual([
      400,
      expect.stringMatching(
        /^container "podinfod" in pod ".*" is waiting to start: trying and failing to pull image$/,
      ),
    ]);
    expect(await message('?container=web')).toEqual([
      400,
      expect.stringMatching(/^container web is not valid/),
    ]);
    expect(await message('?previous=true')).toEqual([
      400,
      expect.stringMatching(/^previous terminated container/),
    ]);
  });

  it('is for those who may get pods/log', async () => {
    const cluster = await startPodinfo();
    const [pod] = cluster.pods();
    const { code } = await cluster.call('GET', `${POD}/${pod?.metadata.name}/log`, undefined, {
      token: 'robot',
    });
    expect(code).toBe(403);
  });
});

it('there is no way into a pod’s processes, and the answer says so', async () => {
  const cluster = await startPodinfo();
  const { code, body } = await cluster.call('POST', `${POD}/${cluster.pods()[0]?.metadata.name}/exec`, {});
  expect([code, body.message]).toEqual([501, "pods/exec: no process stands behind the sandbox's pods"]);
});
