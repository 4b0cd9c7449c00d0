import type { ContainerStatus } from 'kubernetes-types/core/v1.js';
import type { Clock } from '../../clock.ts';
import { withCondition } from '../conditions.ts';
import type { EventRecorder } from '../events.ts';
import { type Container, type Pod, timestamp } from '../objects.ts';
import { PODS } from '../resources.ts';
import type { Change, Store } from '../store.ts';
import { ENVOY_IMAGE } from './envoy.ts';
import { type ImageBehaviour, type Images, imageIdOf } from './images.ts';
import { summarize, waitingStatus } from './pod-status.ts';

/** Pulling and starting a container takes this long, or less where the image is ready sooner. */
const START_MILLISECONDS = 1_000;
/** A crashing container lives this long. */
const CRASH_MILLISECONDS = 1_000;
/** The kubelet's back-off for pulls and restarts: 10 s, doubled each time, at most 5 minutes. */
const FIRST_BACKOFF_SECONDS = 10;
const LONGEST_BACKOFF_SECONDS = 300;
/** A pod that does not fit, or is not ready, is looked at again after this long. */
const RECHECK_MILLISECONDS = 10_000;

const backoffSeconds = (attempt: number) =>
  Math.min(FIRST_BACKOFF_SECONDS * 2 ** attempt, LONGEST_BACKOFF_SECONDS);

const NODES = ['ip-10-0-1-10.ec2.internal', 'ip-10-0-2-20.ec2.internal', 'ip-10-0-3-30.ec2.internal'];

/** Scheduler and kubelets in one: leads each pod from Pending to Ready, or into the failure that its image asks for. */
export class Kubelet {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #images: Images;
  readonly #events: EventRecorder;
  readonly #timers = new Set<() => void>();
  #placed = 0;

  constructor(parts: { store: Store; clock: Clock; images: Images; events: EventRecorder }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#images = parts.images;
    this.#events = parts.events;
    this.#store.onChange((change) => this.#notice(change));
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #notice({ type, resource, object }: Change): void {
    if (type === 'ADDED' && resource === PODS) this.#later(object as Pod, 0, (pod) => this.#place(pod));
  }

  /** Runs a step of a pod's life, unless the pod is gone or going by then. */
  #later(pod: Pod, delay: number, step: (pod: Pod) => void): void {
    const { namespace, name, uid } = pod.metadata;
    const cancel = this.#clock.schedule(this.#clock.now() + delay, () => {
      this.#timers.delete(cancel);
      const live = this.#store.get(PODS, namespace, name);
      if (live?.metadata.uid === uid && live.metadata.deletionTimestamp === undefined) step(live);
    });
    this.#timers.add(cancel);
  }

  #behaviour({ image = '' }: Container): ImageBehaviour {
    if (image === ENVOY_IMAGE) return { pods: 'ok', readyAfterMs: START_MILLISECONDS, digest: undefined };
    return this.#images.behaviour(image);
  }

  #place(pod: Pod): void {
    if (pod.spec.containers.some((it) => this.#behaviour(it).pods === 'unschedulable'))
      this.#leavePending(pod);
    else this.#bind(pod);
  }

  #bind(pod: Pod): void {
    const node = this.#placed++;
    const placed = this.#store.change(PODS, pod, (draft) => {
      draft.spec.nodeName = NODES[node % NODES.length] ?? '';
      const ip = `10.1.${Math.floor(node / 250) % 250}.${(node % 250) + 2}`;
      draft.status = {
        ...draft.status,
        podIP: ip,
        podIPs: [{ ip }],
        startTime: timestamp(this.#clock.now()),
        qosClass: 'Burstable',
        containerStatuses: draft.spec.containers.map((it) => waitingStatus(it, 'ContainerCreating')),
        initContainerStatuses: (draft.spec.initContainers ?? []).map((it) => ({
          ...waitingStatus(it, 'Completed'),
          state: { terminated: { exitCode: 0, reason: 'Completed' } },
        })),
      };
      summarize(draft.status, draft, timestamp(this.#clock.now()));
    });
    if (placed === undefined) return;
    const { namespace, name } = pod.metadata;
    this.#tell(
      placed,
      'Normal',
      'Scheduled',
      `Successfully assigned ${namespace}/${name} to ${placed.spec.nodeName}`,
    );
    for (const container of placed.spec.containers) {
      const { readyAfterMs } = this.#behaviour(container);
      this.#later(placed, Math.min(START_MILLISECONDS, readyAfterMs), (it) => this.#pull(it, container, 0));
    }
  }

  #leavePending(pod: Pod): void {
    const message =
      '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
    this.#store.change(PODS, pod, (draft) => {
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
      const conditions = withCondition(draft.status?.conditions, condition, timestamp(this.#clock.now()));
      draft.status = { ...draft.status, phase: 'Pending', conditions };
    });
    this.#tell(pod, 'Warning', 'FailedScheduling', message);
    this.#later(pod, RECHECK_MILLISECONDS, (it) => this.#place(it));
  }

  #pull(pod: Pod, container: Container, attempt: number): void {
    const { pods, digest } = this.#behaviour(container);
    if (pods === 'image-pull') {
      this.#failPull(pod, container, attempt);
      return;
    }
    this.#set(pod, container, (status) => {
      status.imageID = imageIdOf(container.image ?? '', digest);
    });
    this.#start(pod, container, 0);
  }

  #failPull(pod: Pod, container: Container, attempt: number): void {
    const message = `failed to pull and unpack image "${container.image}": not found`;
    this.#wait(pod, container, 'ErrImagePull', message);
    this.#tell(pod, 'Warning', 'Failed', `Failed to pull image "${container.image}": ${message}`);
    const seconds = backoffSeconds(attempt);
    this.#later(pod, START_MILLISECONDS, (it) =>
      this.#wait(it, container, 'ImagePullBackOff', `Back-off pulling image "${container.image}"`),
    );
    this.#later(pod, seconds * 1_000, (it) => this.#pull(it, container, attempt + 1));
  }

  #start(pod: Pod, container: Container, restarts: number): void {
    const startedAt = timestamp(this.#clock.now());
    this.#set(pod, container, (status) => {
      status.state = { running: { startedAt } };
      status.started = true;
      status.restartCount = restarts;
    });
    this.#tell(pod, 'Normal', 'Started', `Started container ${container.name}`);
    const { pods, readyAfterMs } = this.#behaviour(container);
    const left = restarts === 0 ? Math.max(0, readyAfterMs - START_MILLISECONDS) : readyAfterMs;
    // A probe finds a crash, too: an image that crashes does so before it would have been ready.
    this.#later(pod, pods === 'crash-loop' ? CRASH_MILLISECONDS : left, (it) =>
      this.#probe(it, container, restarts),
    );
  }

  #probe(pod: Pod, container: Container, restarts: number): void {
    const { pods } = this.#behaviour(container);
    if (pods === 'crash-loop') this.#crash(pod, container, restarts);
    else if (pods === 'never-ready') this.#failProbe(pod, container, restarts);
    else {
      this.#set(pod, container, (status) => {
        status.ready = true;
      });
    }
  }

  #failProbe(pod: Pod, container: Container, restarts: number): void {
    this.#tell(pod, 'Warning', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    this.#later(pod, RECHECK_MILLISECONDS, (it) => this.#probe(it, container, restarts));
  }

  #crash(pod: Pod, container: Container, restarts: number): void {
    const finishedAt = timestamp(this.#clock.now());
    // The kubelet restarts at once after the first crash, and backs off from the second on.
    const seconds = restarts === 0 ? 0 : backoffSeconds(restarts - 1);
    this.#set(pod, container, (status) => {
      const terminated = {
        exitCode: 1,
        reason: 'Error',
        finishedAt,
        startedAt: status.state?.running?.startedAt ?? finishedAt,
      };
      status.ready = false;
      status.started = false;
      status.lastState = { terminated };
      status.state =
        seconds === 0
          ? { terminated }
          : { waiting: { reason: 'CrashLoopBackOff', message: crashMessage(pod, container, seconds) } };
    });
    if (seconds > 0) this.#tell(pod, 'Warning', 'BackOff', crashMessage(pod, container, seconds));
    this.#later(pod, seconds * 1_000, (it) => this.#start(it, container, restarts + 1));
  }

  #wait(pod: Pod, container: Container, reason: string, message: string): void {
    this.#set(pod, container, (status) => {
      status.state = { waiting: { reason, message } };
    });
  }

  #set(pod: Pod, container: Container, edit: (status: ContainerStatus) => void): void {
    this.#store.change(PODS, pod, (draft) => {
      const status = draft.status?.containerStatuses?.find(({ name }) => name === container.name);
      if (draft.status === undefined || status === undefined) return;
      edit(status);
      summarize(draft.status, draft, timestamp(this.#clock.now()));
    });
  }

  #tell(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(
      pod,
      reason.includes('chedul') ? 'default-scheduler' : 'kubelet',
      type,
      reason,
      message,
    );
  }
}

const crashMessage = ({ metadata }: Pod, { name }: Container, seconds: number) =>
  `back-off ${seconds}s restarting failed container=${name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`;
