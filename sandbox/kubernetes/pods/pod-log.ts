import type { ContainerStatus } from 'kubernetes-types/core/v1.js';
import type { Pod } from '../objects.ts';
import { badRequest } from '../status.ts';

/** What `kubectl logs` asks for. */
export interface LogOptions {
  readonly container: string | undefined;
  /** The container before its last restart. */
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Undefined: all lines. */
  readonly tailLines: number | undefined;
  /** RFC 3339; lines before it are left out. */
  readonly sinceTime: string | undefined;
}

interface Line {
  readonly at: string;
  readonly text: string;
}

const containerOf = (pod: Pod, asked: string | undefined): string => {
  const { name } = pod.metadata;
  const names = pod.spec.containers.map((it) => it.name);
  const byDefault = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const wanted = asked ?? byDefault ?? (names.length === 1 ? names[0] : undefined);
  if (wanted === undefined) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`,
    );
  }
  const isThere =
    names.includes(wanted) || pod.spec.initContainers?.some((it) => it.name === wanted) === true;
  if (!isThere) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  return wanted;
};

type Ended = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

const ended = ({ startedAt = '', finishedAt = '', exitCode, reason }: Ended, started: string): Line[] => [
  { at: startedAt, text: started },
  { at: finishedAt, text: `level=error msg="exited" code=${exitCode} reason=${reason}` },
];

const linesOf = (
  pod: Pod,
  status: ContainerStatus | undefined,
  container: string,
  previous: boolean,
): Line[] => {
  const { name } = pod.metadata;
  const started = `level=info msg="started" image=${status?.image ?? ''} restarts=${status?.restartCount ?? 0}`;
  if (previous) {
    const before = status?.lastState?.terminated;
    if (before !== undefined) return ended(before, started);
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  }
  const { running, terminated, waiting } = status?.state ?? {};
  const over =
    terminated ?? (waiting?.reason === 'CrashLoopBackOff' ? status?.lastState?.terminated : undefined);
  if (over !== undefined) return ended(over, started);
  if (running === undefined) {
    const reason = waiting?.reason ?? 'ContainerCreating';
    const pulls = reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
    throw badRequest(
      `container "${container}" in pod "${name}" is waiting to start: ${pulls ? 'trying and failing to pull image' : reason}`,
    );
  }
  const ready = pod.status?.conditions?.find(({ type }) => type === 'ContainersReady');
  return [
    { at: running.startedAt ?? '', text: started },
    ...(status?.ready === true && ready?.lastTransitionTime !== undefined
      ? [{ at: ready.lastTransitionTime, text: 'level=info msg="ready: serves requests"' }]
      : []),
  ];
};

/**
 * The log of a container: no process stands behind a pod here, so it tells what the kubelet knows of the container: when
 * it started, when it was ready, how it ended. Refusals are the kubelet's.
 * @throws StatusError BadRequest where there is no such container, or it has not started
 */
export const podLog = (pod: Pod, options: LogOptions): readonly string[] => {
  const container = containerOf(pod, options.container);
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const status = statuses.find((it) => it.name === container);
  const lines = linesOf(pod, status, container, options.previous);
  const since = options.sinceTime === undefined ? 0 : Date.parse(options.sinceTime);
  const wanted = lines.filter(({ at }) => Date.parse(at) >= since);
  const tail = options.tailLines === undefined ? wanted : wanted.slice(wanted.length - options.tailLines);
  return tail.map(({ at, text }) => (options.timestamps ? `${at} ${text}` : `time=${at} ${text}`));
};
