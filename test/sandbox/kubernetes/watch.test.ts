import { request } from 'node:https';
import { describe, expect, it } from 'vitest';
import { type Cluster, DEPLOYMENT_PATH, MERGE, podinfo, startPodinfo } from './cluster.ts';

const LIST_PATH = '/apis/apps/v1/namespaces/test/deployments';

/** Reads a watch until `count` events have come. */
const watch = (cluster: Cluster, query: string, count: number, during: () => unknown = () => {}) =>
  new Promise<{ type: string; object: { metadata: { name: string; resourceVersion: string } } }[]>(
    (resolve, reject) => {
      const headers = { authorization: 'Bearer admin' };
      const outgoing = request(
        `${cluster.endpoint}${LIST_PATH}?watch=true&${query}`,
        { headers, ca: cluster.caPem },
        (response) => {
          let text = '';
          Promise.resolve(during()).catch(reject);
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            const lines = text.split('\n').slice(0, -1);
            if (lines.length < count) return;
            outgoing.destroy();
            resolve(lines.slice(0, count).map((line) => JSON.parse(line)));
          });
        },
      );
      outgoing.on('error', () => {});
      outgoing.end();
    },
  );

const scaleTo = (cluster: Cluster, replicas: number) =>
  cluster.call('PATCH', DEPLOYMENT_PATH, { spec: { replicas } }, MERGE);

describe('watch', () => {
  it('without a resourceVersion begins with what exists, then tells changes', async () => {
    const cluster = await startPodinfo();
    const events = await watch(cluster, '', 2, () => scaleTo(cluster, 5));
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED']);
  });

  it('resumes after a resourceVersion and misses nothing', async () => {
    const cluster = await startPodinfo();
    const { resourceVersion } = (await cluster.call('GET', LIST_PATH)).body.metadata;
    const versions = [];
    for (const replicas of [5, 6, 7])
      versions.push((await scaleTo(cluster, replicas)).body.metadata.resourceVersion);
    const all = await watch(cluster, `resourceVersion=${resourceVersion}`, 3);
    expect(all.map(({ object }) => object.metadata.resourceVersion)).toEqual(versions);
    const rest = await watch(cluster, `resourceVersion=${versions[1]}`, 1);
    expect(rest[0]?.object.metadata.resourceVersion).toBe(versions[2]);
  });

  it('sees an object leave and come back as its labels change', async () => {
    const cluster = await startPodinfo();
    const label = (tier: string | null) =>
      cluster.call('PATCH', DEPLOYMENT_PATH, { metadata: { labels: { tier } } }, MERGE);
    const { resourceVersion } = (await cluster.call('GET', LIST_PATH)).body.metadata;
    await label('a');
    await label(null);
    await label('a');
    const events = await watch(cluster, `labelSelector=tier%3Da&resourceVersion=${resourceVersion}`, 3);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED', 'ADDED']);
  });

  it('marks the end of what existed with a bookmark when initial events are asked for', async () => {
    const cluster = await startPodinfo();
    const query = 'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    const events = await watch(cluster, query, 2);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(events[1]?.object.metadata).toMatchObject({
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
  });

  it('watches one object by field selector only', async () => {
    const cluster = await startPodinfo();
    const other = { ...podinfo(), metadata: { name: 'other', namespace: 'test' } };
    const events = await watch(cluster, 'fieldSelector=metadata.name%3Dpodinfo', 2, async () => {
      cluster.apply(other);
      await scaleTo(cluster, 2);
    });
    expect(events.map(({ object }) => object.metadata.name)).toEqual(['podinfo', 'podinfo']);
  });
});

describe('deletion', () => {
  it('takes ReplicaSets and pods along, pods after their grace', async () => {
    const cluster = await startPodinfo();
    await cluster.call('DELETE', DEPLOYMENT_PATH);
    expect(cluster.list('replicaset', 'test')).toEqual([]);
    expect(cluster.pods().every(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(true);
    expect(cluster.readyPods('test', { labels: { app: 'podinfo' } })).toEqual([]);
    await cluster.advance(2);
    expect(cluster.pods()).toEqual([]);
  });

  it('leaves dependents alone with propagationPolicy Orphan', async () => {
    const cluster = await startPodinfo();
    await cluster.call('DELETE', `${DEPLOYMENT_PATH}?propagationPolicy=Orphan`);
    await cluster.advance(5);
    expect(cluster.pods()).toHaveLength(4);
  });

  it('replaces a pod that somebody deletes', async () => {
    const cluster = await startPodinfo();
    const name = cluster.pods()[0]?.metadata.name;
    await cluster.call('DELETE', `/api/v1/namespaces/test/pods/${name}`);
    await cluster.advance(10);
    expect(cluster.readyPods('test', { deployment: 'podinfo' })).toHaveLength(4);
    expect(cluster.get('pod', 'test', name ?? '')).toBeUndefined();
  });

  it('empties a namespace', async () => {
    const cluster = await startPodinfo();
    await cluster.call('DELETE', '/api/v1/namespaces/test');
    await cluster.advance(5);
    expect([...cluster.pods(), ...cluster.list('deployment')]).toEqual([]);
    const { code, body } = await cluster.call('POST', LIST_PATH, podinfo());
    expect({ code, message: body.message }).toEqual({ code: 404, message: 'namespaces "test" not found' });
  });
});
