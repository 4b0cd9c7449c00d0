import { withCondition } from '../conditions.ts';
import type { Pod } from '../objects.ts';
import { summarize, waitingStatus } from './pod-status.ts';
import type { PodSteps } from './pod-steps.ts';

const NODES = ['ip-10-0-1-10.ec2.internal', 'ip-10-0-2-20.ec2.internal', 'ip-10-0-3-30.ec2.internal'];

/** A pod that fits on no node is tried again after this long. */
const RETRY_MILLISECONDS = 10_000;

const NO_ROOM =
  '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';

/** Fake addresses out of 10.1.0.0/16, unique among the last 62,500 pods. */
const podIp = (index: number) => `10.1.${Math.floor(index / 250) % 250}.${(index % 250) + 2}`;

/** Puts pods on nodes in turn, unless an image of theirs asks for more than any node has. */
export class Scheduler {
  readonly #steps: PodSteps;
  readonly #onBound: (pod: Pod) => void;
  #placed = 0;

  constructor(steps: PodSteps, onBound: (pod: Pod) => void) {
    this.#steps = steps;
    this.#onBound = onBound;
  }

  place(pod: Pod): void {
    const isTooBig = pod.spec.containers.some((it) => this.#steps.behaviour(it).pods === 'unschedulable');
    if (isTooBig) this.#leavePending(pod);
    else this.#bind(pod);
  }

  #bind(pod: Pod): void {
    const index = this.#placed++;
    const ip = podIp(index);
    const placed = this.#steps.change(pod, (draft) => {
      draft.spec.nodeName = NODES[index % NODES.length] ?? '';
      draft.status = {
        ...draft.status,
        podIP: ip,
        podIPs: [{ ip }],
        startTime: this.#steps.now,
        qosClass: 'Burstable',
        containerStatuses: draft.spec.containers.map((it) => waitingStatus(it, 'ContainerCreating')),
        initContainerStatuses: (draft.spec.initContainers ?? []).map((it) => ({
          ...waitingStatus(it, 'Completed'),
          ready: true,
          state: { terminated: { exitCode: 0, reason: 'Completed' } },
        })),
      };
      summarize(draft.status, draft, this.#steps.now);
    });
    if (placed === undefined) return;
    const { namespace, name } = pod.metadata;
    const text = `Successfully assigned ${namespace}/${name} to ${placed.spec.nodeName}`;
    this.#steps.tell(placed, 'default-scheduler', 'Normal', 'Scheduled', text);
    this.#onBound(placed);
  }

  #leavePending(pod: Pod): void {
    this.#steps.change(pod, (draft) => {
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: NO_ROOM };
      const conditions = withCondition(draft.status?.conditions, condition, this.#steps.now);
      draft.status = { ...draft.status, phase: 'Pending', conditions };
    });
    this.#steps.tell(pod, 'default-scheduler', 'Warning', 'FailedScheduling', NO_ROOM);
    this.#steps.later(pod, RETRY_MILLISECONDS, (it) => this.place(it));
  }
}
