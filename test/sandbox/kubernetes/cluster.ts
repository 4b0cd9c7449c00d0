import { request as httpsRequest } from 'node:https';
import { onTestFinished } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { Faults } from '../../../sandbox/faults.ts';
import type { Deployment, Pod } from '../../../sandbox/kubernetes/objects.ts';
import type { PodFate } from '../../../sandbox/kubernetes/server.ts';
import { type KubernetesOptions, startKubernetes } from '../../../sandbox/kubernetes/server.ts';

export const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Tokens that tests log in with: `admin` may do everything, `robot` what its bindings say. */
const USERS = new Map([
  ['admin', { user: 'admin', groups: ['system:masters'] }],
  ['robot', { user: 'robot', groups: ['rollout:podinfo'] }],
]);

export interface Answered {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly body: any;
}

/** Random numbers that are the same in every run. */
const seeded = () => {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** An API server under virtual time, with images named after how their pods fare: `podinfo:crash-loop`. */
export const startCluster = async (options: Partial<KubernetesOptions> = {}) => {
  const clock = new VirtualClock(Date.parse('2026-11-21T00:00:00Z'));
  const faults = new Faults();
  const fates: PodFate[] = ['crash-loop', 'image-pull', 'never-ready', 'unschedulable'];
  const server = await startKubernetes({
    clock,
    random: seeded(),
    faults,
    authenticate: (token) => USERS.get(token ?? ''),
    images: {
      behaviour: (image) => ({
        pods: fates.find((it) => image.includes(it)) ?? 'ok',
        readyAfterMs: 5_000,
        digest: DIGEST,
      }),
    },
    ...options,
  });
  onTestFinished(() => server.close());
  const call = (
    method: string,
    path: string,
    body?: unknown,
    { type = 'application/json', token = 'admin' } = {},
  ) =>
    new Promise<Answered>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const request = httpsRequest(
        `${server.endpoint}${path}`,
        { method, headers, ca: server.caPem },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ code: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text });
          });
        },
      );
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    ...server,
    clock,
    faults,
    call,
    /** What `kubectl set image` sends. */
    setImage: (image: string) => call('PATCH', DEPLOYMENT_PATH, imagePatch(image), STRATEGIC),
    advance: (seconds: number) => clock.run(clock.now() + seconds * 1_000),
    deployment: (name = 'podinfo') => server.get('deployment', 'test', name) as Deployment,
    pods: () => server.list('pods', 'test') as Pod[],
  };
};

export type Cluster = Awaited<ReturnType<typeof startCluster>>;

export const DEPLOYMENT_PATH = '/apis/apps/v1/namespaces/test/deployments/podinfo';

export const namespace = (labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'test', labels },
});

/** A Deployment of podinfo; `spec` is laid over it. */
export const podinfo = ({
  image = 'registry/podinfo:6.0.0',
  spec = {},
}: {
  image?: string;
  spec?: object;
} = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'podinfo', namespace: 'test' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'podinfo' } },
    template: {
      metadata: { labels: { app: 'podinfo' } },
      spec: { containers: [{ name: 'podinfod', image, ports: [{ containerPort: 9898 }] }] },
    },
    ...spec,
  },
});

/** A cluster with podinfo fully rolled out. */
export const startPodinfo = async (options: Parameters<typeof podinfo>[0] = {}): Promise<Cluster> => {
  const cluster = await startCluster();
  cluster.apply([namespace(), podinfo(options)]);
  await cluster.advance(10);
  return cluster;
};

export const STRATEGIC = { type: 'application/strategic-merge-patch+json' };
export const MERGE = { type: 'application/merge-patch+json' };
export const APPLY = { type: 'application/apply-patch+yaml' };

export const imagePatch = (image: string) => ({
  spec: { template: { spec: { containers: [{ name: 'podinfod', image }] } } },
});

export const conditionOf = (deployment: Deployment, type: string) =>
  deployment.status?.conditions?.find((it) => it.type === type);
