import { expect, test } from 'vitest';
import type { Deployment, Pod } from '../../../../lambdas/core/workload/objects.ts';
import { type Readiness, readiness } from '../../../../lambdas/core/workload/readiness.ts';
import { watchFrom } from '../../../../lambdas/core/workload/watch.ts';
import { deployment, IMAGE, pod, replicaSets } from './deployments.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const READY = [{ type: 'Ready', status: 'True' }];
const PENDING = { status: { availableReplicas: 0 } };

/** Looks at what `seen` gives at each second of `times`, carrying the watch; the last look. */
const look = (
  seen: (second: number) => { deployment?: Deployment | undefined; pods?: readonly Pod[] },
  times: readonly number[],
  options = { inMesh: true },
): Readiness => {
  let watch = watchFrom(deployment(), at(0));
  let last: Readiness | undefined;
  for (const second of times) {
    const found = { deployment: deployment(), pods: [pod()], ...seen(second) };
    const sets = found.deployment ? replicaSets(found.deployment) : [];
    last = readiness({ replicaSets: sets, ...found }, watch, at(second), options);
    watch = last.watch;
  }
  if (last === undefined) throw new Error('no look was asked for');
  return last;
};

const trouble = (app: object) => () => ({ deployment: deployment({}, PENDING), pods: [pod({ app })] });
const waiting = (reason: string) => ({ ready: false, state: { waiting: { reason } } });
const condition = (type: string, status: string, reason: string, message = '') => ({
  status: { availableReplicas: 0, conditions: [{ type, status, reason, message }] },
});

test.each([
  ['2 is gone', { deployment: undefined }, 'is gone'],
  ['2 was replaced', { deployment: deployment({}, { metadata: { uid: 'another' } }) }, 'was replaced'],
  [
    '2 is being deleted',
    { deployment: deployment({}, { metadata: { deletionTimestamp: at(0) } }) },
    'being deleted',
  ],
  ['2 is paused', { deployment: deployment({}, { spec: { paused: true } }) }, 'kubectl rollout resume'],
  [
    '3 has another image',
    { deployment: deployment({ image: 'mine:1' }) },
    `to mine:1 (${IMAGE} was deployed)`,
  ],
  [
    '3 lost its container',
    { deployment: deployment({ template: { containers: [{ name: 'web', image: IMAGE }] } }) },
    'removed container podinfod',
  ],
  [
    '3 has a template that was not deployed',
    { deployment: deployment({ annotations: { 'stepcanary/template': 'another' } }) },
    'changed the pod template',
  ],
  [
    '5 exceeded its progress deadline',
    { deployment: deployment({}, condition('Progressing', 'False', 'ProgressDeadlineExceeded')) },
    'deployment "podinfo" exceeded its progress deadline',
  ],
  ['6 is scaled to zero', { deployment: deployment({ replicas: 0 }) }, 'scaled to zero'],
  ['9 has a pod without envoy', { pods: [pod({ envoy: 'none' })] }, 'not in the mesh'],
  [
    '9 counts a pod whose envoy is not ready',
    { pods: [pod({ envoy: { ready: false } }, READY)] },
    'envoy is not ready',
  ],
])('step %s: fails at the first look', (_, seen, text) => {
  expect(look(() => seen, [0])).toMatchObject({ state: 'failed', say: expect.stringContaining(text) });
});

test.each([
  [
    '4 is not observed yet',
    { status: { observedGeneration: 1 } },
    'observed deployment generation less than desired generation',
  ],
  ['7 is not updated', { status: { updatedReplicas: 0 } }, '0 out of 1 new replicas have been updated'],
  ['7 has old pods', { status: { replicas: 3 } }, '2 old replicas are pending termination'],
  ['7 is not available', PENDING, '0 of 1 (readyThreshold 100%) updated replicas are available'],
])('step %s: waits, in the words of Flagger', (_, change, text) => {
  expect(look(() => ({ deployment: deployment({}, change) }), [0])).toMatchObject({
    state: 'pending',
    say: `waiting for rollout to finish: ${text}`,
  });
});

test('a generation that an autoscaler raised is no failure', () => {
  const seen = {
    deployment: deployment({}, { metadata: { generation: 9 }, status: { observedGeneration: 9 } }),
  };
  expect(look(() => seen, [0]).state).toBe('pending');
});

test.each([
  ['8 InvalidImageName', trouble(waiting('InvalidImageName')), [0], [0, 10]],
  ['8 ErrImageNeverPull', trouble(waiting('ErrImageNeverPull')), [0], [0, 10]],
  ['8 CreateContainerConfigError', trouble(waiting('CreateContainerConfigError')), [0], [0, 10]],
  ['8 ImagePullBackOff', trouble(waiting('ImagePullBackOff')), [0, 59], [0, 59, 60]],
  [
    '5 ReplicaFailure',
    () => ({ deployment: deployment({}, condition('ReplicaFailure', 'True', 'FailedCreate', 'quota')) }),
    [0, 59],
    [0, 60],
  ],
])('step %s: fails only when it lasts', (_, seen, waits, fails) => {
  expect(look(seen, waits).state).toBe('pending');
  expect(look(seen, fails).state).toBe('failed');
});

test('step 8: a pull that goes back and forth between its two reasons is one trouble', () => {
  const seen = (second: number) => trouble(waiting(second % 20 ? 'ErrImagePull' : 'ImagePullBackOff'))();
  expect(look(seen, [0, 10, 20, 30, 40, 50, 60])).toMatchObject({
    state: 'failed',
    say: expect.stringContaining(IMAGE),
  });
});

test('step 8: a trouble that went away is counted from the start when it comes back', () => {
  const seen = (second: number) =>
    second === 30 ? { deployment: deployment({}, PENDING) } : trouble(waiting('ErrImagePull'))();
  expect(look(seen, [0, 30, 40, 90]).state).toBe('pending');
});

const ended = (exitCode: number, reason: string) => ({ lastState: { terminated: { exitCode, reason } } });
test.each([
  [
    'in CrashLoopBackOff',
    { ...waiting('CrashLoopBackOff'), restartCount: 1, ...ended(1, 'Error') },
    'exit code 1 (Error), 1 restarts',
  ],
  [
    'out of memory for the third time',
    { restartCount: 3, ...ended(137, 'OOMKilled') },
    'exit code 137 (OOMKilled), 3 restarts',
  ],
])('step 8: a container that is %s fails with its code and reason', (_, app, text) => {
  expect(look(trouble(app), [0])).toMatchObject({ state: 'failed', say: expect.stringContaining(text) });
});

test('step 8: one bad start is no failure, nor are three restarts after good ends', () => {
  expect(look(trouble({ restartCount: 1, ...ended(1, 'Error') }), [0]).state).toBe('pending');
  expect(look(trouble({ restartCount: 3, ...ended(0, 'Completed') }), [0]).state).toBe('pending');
});

test('step 8: a pod without a node waits and says why; trouble of old pods is not looked at', () => {
  const lonely = pod({}, [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
  ]);
  const old = pod({ revision: '1', app: waiting('CrashLoopBackOff'), envoy: 'none' });
  const found = look(() => ({ deployment: deployment({}, PENDING), pods: [lonely, old] }), [0, 300, 600]);
  expect(found).toMatchObject({ state: 'pending', say: expect.stringContaining('0/3 nodes are available') });
});

test('step 8: until the controller has seen the change, pods of before are not looked at', () => {
  const seen = {
    deployment: deployment({}, { status: { observedGeneration: 1, availableReplicas: 0 } }),
    pods: [pod({ app: waiting('CrashLoopBackOff'), envoy: 'none' })],
  };
  expect(look(() => seen, [0]).state).toBe('pending');
});

test('step 9: outside a mesh no sidecar is asked for', () => {
  expect(look(() => ({ pods: [pod({ envoy: 'none' })] }), [0, 10], { inMesh: false }).state).toBe('ready');
});

test('step 9: a sidecar that is still starting in a pod that is not counted yet is waited for', () => {
  const seen = { deployment: deployment({}, PENDING), pods: [pod({ envoy: { ready: false } })] };
  expect(look(() => seen, [0]).state).toBe('pending');
});

test('step 8 and 9: pods that were evicted or are going away are not looked at', () => {
  const gone = pod({ app: waiting('CrashLoopBackOff'), envoy: 'none' });
  const evicted = { ...gone, status: { ...gone.status, phase: 'Failed' } };
  const leaving = { ...gone, metadata: { ...gone.metadata, deletionTimestamp: at(0) } };
  expect(look(() => ({ pods: [evicted, leaving, pod()] }), [0, 10]).state).toBe('ready');
});

test('step 9: a pod that an autoscaler has just added does not count yet', () => {
  expect(look(() => ({ pods: [pod(), pod({ name: 'new', envoy: { ready: false } })] }), [0, 10]).state).toBe(
    'ready',
  );
});

test('step 9: an Envoy that is a native sidecar (an init container) counts', () => {
  const { metadata, spec, status } = pod({ envoy: 'none' });
  const native: Pod = {
    metadata,
    spec: { ...spec, initContainers: [{ name: 'envoy' }] },
    status: { ...status, initContainerStatuses: [{ name: 'envoy', ready: true }] },
  };
  expect(look(() => ({ pods: [native] }), [0, 10]).state).toBe('ready');
});

test.each([
  ['two good looks 10 s apart', [0, 10], {}, 'ready'],
  ['one good look', [60], {}, 'pending'],
  ['two good looks 9 s apart', [0, 9], {}, 'pending'],
  ['three looks over 10 s', [0, 5, 10], {}, 'ready'],
  ['less than minReadySeconds', [0, 20], { spec: { minReadySeconds: 30 } }, 'pending'],
  ['minReadySeconds', [0, 30], { spec: { minReadySeconds: 30 } }, 'ready'],
])('step 10: %s', (_, times, change, state) => {
  expect(look(() => ({ deployment: deployment({}, change) }), times).state).toBe(state);
});

test('step 10: a bad look or a restart between starts the count anew', () => {
  const dips = (second: number) => (second === 10 ? { deployment: deployment({}, PENDING) } : {});
  expect(look(dips, [0, 10, 20]).state).toBe('pending');
  expect(look(dips, [0, 10, 20, 30]).state).toBe('ready');
  const restarts = (second: number) => ({ pods: [pod({ app: { restartCount: second >= 10 ? 1 : 0 } })] });
  expect(look(restarts, [0, 10])).toMatchObject({ state: 'pending', watch: { okStreak: 0 } });
  expect(look(restarts, [0, 10, 20, 30]).state).toBe('ready');
});

test('step 10: after the deadline of progressDeadlineSeconds and a minute it fails and says what is missing', () => {
  const seen = { deployment: deployment({}, PENDING) };
  expect(look(() => seen, [660]).state).toBe('pending');
  expect(look(() => seen, [661])).toMatchObject({
    state: 'failed',
    say: expect.stringMatching(/not ready in time: 0 of 1/),
  });
});
