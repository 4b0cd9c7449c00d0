import { expect, it } from 'vitest';
import { MERGE, namespace, startCluster } from './cluster.ts';

const PATH = '/apis/gateway.networking.k8s.io/v1/namespaces/test/httproutes/podinfo';
const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'test' },
  spec: { ports: [{ port: 80 }] },
});
const rules = (primary: number, canary: number) => [
  {
    backendRefs: [
      { name: 'podinfo-primary', port: 80, weight: primary },
      { name: 'podinfo-canary', port: 80, weight: canary },
    ],
  },
];
const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'podinfo', namespace: 'test' },
  spec: { parentRefs: [{ name: 'mesh' }], rules: rules(100, 0) },
};
const parents = (generation: number, resolved: object) => [
  {
    parentRef: { name: 'mesh' },
    conditions: [
      { type: 'Accepted', status: 'True', observedGeneration: generation },
      { type: 'ResolvedRefs', observedGeneration: generation, ...resolved },
    ],
  },
];

it('an HTTPRoute is accepted for the generation that the controller has seen', async () => {
  const cluster = await startCluster();
  cluster.apply([namespace(), service('podinfo-primary'), service('podinfo-canary'), route]);
  await cluster.advance(1);
  await cluster.call('PATCH', PATH, { spec: { rules: rules(95, 5) } }, MERGE);
  expect(cluster.get('httproute', 'test', 'podinfo')?.status).toMatchObject({
    parents: parents(1, { status: 'True' }),
  });
  await cluster.advance(1);
  expect(cluster.get('httproute', 'test', 'podinfo')?.status).toMatchObject({
    parents: parents(2, { status: 'True' }),
  });
});

it('a backend that is not there is BackendNotFound until it comes', async () => {
  const cluster = await startCluster();
  cluster.apply([namespace(), service('podinfo-primary'), route]);
  await cluster.advance(1);
  const missing = {
    status: 'False',
    reason: 'BackendNotFound',
    message: 'Service "podinfo-canary" not found',
  };
  expect(cluster.get('httproute', 'test', 'podinfo')?.status).toMatchObject({ parents: parents(1, missing) });
  cluster.apply(service('podinfo-canary'));
  await cluster.advance(1);
  expect(cluster.get('httproute', 'test', 'podinfo')?.status).toMatchObject({
    parents: parents(1, { status: 'True' }),
  });
});
