import type { ContainerStatus, Pod } from './objects.ts';

/** Something that keeps a pod from becoming ready, and from when on it is a failure. */
export interface Trouble {
  /** What it is counted under from poll to poll. */
  readonly key: string;
  /** For people: which container, why, exit code, image. */
  readonly text: string;
  /** Fails at once, after so many polls, after so many seconds, or never (nodes may still come). */
  readonly fails: 'atOnce' | { readonly polls: number } | { readonly seconds: number } | 'never';
}

const WRONG_FROM_THE_START = ['InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError'];
const PULLING = ['ImagePullBackOff', 'ErrImagePull'];
const PULL_SECONDS = 60;
/** Restarts after which a container that ended badly is not expected to recover. */
const RESTARTS = 3;

const imageOf = (pod: Pod, { name, image }: ContainerStatus): string =>
  [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((it) => it.name === name)?.image ??
  image ??
  'no image';

const containerTrouble = (pod: Pod, status: ContainerStatus): Trouble | undefined => {
  const { waiting } = status.state ?? {};
  const reason = waiting?.reason ?? '';
  const what = `container ${status.name} of pod ${pod.metadata.name}`;
  const image = `image ${imageOf(pod, status)}`;
  const said = waiting?.message === undefined ? '' : `: ${waiting.message}`;
  if (WRONG_FROM_THE_START.includes(reason))
    return {
      key: `${status.name} ${reason}`,
      text: `${what}: ${reason} (${image})${said}`,
      fails: { polls: 2 },
    };
  if (PULLING.includes(reason)) {
    const text = `${what}: ${reason} (${image})${said}`;
    return { key: `${status.name} image pull`, text, fails: { seconds: PULL_SECONDS } };
  }
  const ended = status.lastState?.terminated ?? status.state?.terminated;
  const restarts = status.restartCount ?? 0;
  const crashing = ended !== undefined && ended.exitCode !== 0 && restarts >= RESTARTS;
  if (reason !== 'CrashLoopBackOff' && !crashing) return undefined;
  const end =
    ended === undefined ? '' : `, exit code ${ended.exitCode} (${ended.reason ?? 'no reason given'})`;
  const text = `${what}: ${reason || 'crashing'}${end}, ${restarts} restarts (${image})`;
  return { key: `${status.name} crash`, text, fails: 'atOnce' };
};

const scheduling = ({ metadata, status }: Pod): Trouble | undefined => {
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return undefined;
  const text = `pod ${metadata.name} cannot be scheduled: ${condition.message ?? 'no reason given'}`;
  return { key: 'unschedulable', text, fails: 'never' };
};

/** All statuses of a pod's containers, init containers first. */
export const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

/** What keeps these pods from becoming ready, once per kind of trouble. */
export const troublesOf = (pods: readonly Pod[]): readonly Trouble[] => {
  const found = pods.flatMap((pod) => [
    ...containersOf(pod).map((status) => containerTrouble(pod, status)),
    scheduling(pod),
  ]);
  const byKey = new Map<string, Trouble>();
  for (const trouble of found) {
    if (trouble !== undefined && !byKey.has(trouble.key)) byKey.set(trouble.key, trouble);
  }
  return [...byKey.values()];
};
