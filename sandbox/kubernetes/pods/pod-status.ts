import type { ContainerStatus, PodStatus } from 'kubernetes-types/core/v1.js';
import { type Condition, withCondition } from '../conditions.ts';
import type { Container, Pod } from '../objects.ts';

/** The status of a container that has not started. */
export const waitingStatus = ({ name, image = '' }: Container, reason: string): ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason } },
});

const CONDITION_ORDER = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];

const condition = (type: string, isTrue: boolean, reason: string, message: string): Condition => ({
  type,
  status: isTrue ? 'True' : 'False',
  ...(!isTrue && { reason, message }),
});

/** Phase and conditions follow from the containers' states: sets them, in place. */
export const summarize = (status: PodStatus, pod: Pod, now: string): void => {
  const containers = status.containerStatuses ?? [];
  const isScheduled = pod.spec.nodeName !== undefined;
  const unready = pod.spec.containers
    .map(({ name }) => name)
    .filter((name) => !containers.find((it) => it.name === name)?.ready);
  const isReady = isScheduled && unready.length === 0;
  const isInitialized = (status.initContainerStatuses ?? []).every(
    ({ state }) => state?.terminated?.exitCode === 0,
  );
  const why = `containers with unready status: [${unready.join(' ')}]`;
  const conditions = [
    ...(isScheduled
      ? [
          condition('PodScheduled', true, '', ''),
          condition(
            'Initialized',
            isInitialized,
            'ContainersNotInitialized',
            'init containers have not completed',
          ),
          condition('ContainersReady', isReady, 'ContainersNotReady', why),
          condition('Ready', isReady, 'ContainersNotReady', why),
        ]
      : []),
  ];
  let all = (status.conditions ?? []) as Condition[];
  for (const it of conditions) all = withCondition(all, it, now);
  status.conditions = all.sort(
    (a, b) => CONDITION_ORDER.indexOf(a.type) - CONDITION_ORDER.indexOf(b.type),
  ) as NonNullable<PodStatus['conditions']>;
  const hasStarted =
    containers.length > 0 &&
    containers.every((it) => it.state?.running || it.lastState?.terminated || it.state?.terminated);
  status.phase = hasStarted ? 'Running' : 'Pending';
};

/** Whether a pod may get traffic: Ready and not on its way out. */
export const isPodReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** When the pod became ready, epoch milliseconds; undefined when it is not. */
export const readySince = (pod: Pod): number | undefined => {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  return ready?.lastTransitionTime === undefined || !isPodReady(pod)
    ? undefined
    : Date.parse(ready.lastTransitionTime);
};
