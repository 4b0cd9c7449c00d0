import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RealClock } from '../sandbox/clock.ts';
import { type PodFate, startKubernetes } from '../sandbox/kubernetes/server.ts';

/**
 * The sandbox's Kubernetes alone, for checks with stock clients: writes kubeconfigs of an administrator and of a user
 * `robot` (group `rollout:podinfo`), and runs until it is ended. Image tags say how pods fare: `podinfo:crash-loop`.
 */
const { values } = parseArgs({ options: { admin: { type: 'string' }, robot: { type: 'string' } } });
if (values.admin === undefined || values.robot === undefined) {
  console.error('usage: serve-kubernetes.ts --admin KUBECONFIG --robot KUBECONFIG');
  process.exit(2);
}

const users = new Map([
  ['admin', { user: 'admin', groups: ['system:masters'] }],
  ['robot', { user: 'robot', groups: ['rollout:podinfo'] }],
]);
const fates: PodFate[] = ['crash-loop', 'image-pull', 'never-ready', 'unschedulable'];

const server = await startKubernetes({
  clock: new RealClock(),
  random: Math.random,
  authenticate: (token) => users.get(token ?? ''),
  images: {
    behaviour: (image) => ({
      pods: fates.find((it) => image.endsWith(it)) ?? 'ok',
      readyAfterMs: 500,
      digest: undefined,
    }),
  },
});
writeFileSync(values.admin, server.kubeconfig('admin'));
writeFileSync(values.robot, server.kubeconfig('robot'));
console.log(server.endpoint);
