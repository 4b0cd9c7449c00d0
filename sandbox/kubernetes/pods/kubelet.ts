import type { Clock } from '../../clock.ts';
import type { EventRecorder } from '../events.ts';
import type { Pod } from '../objects.ts';
import { PODS } from '../resources.ts';
import type { Store } from '../store.ts';
import { ContainerLife } from './container-life.ts';
import type { Images } from './images.ts';
import type { PodConfigs } from './pod-configs.ts';
import { PodSteps } from './pod-steps.ts';
import { Scheduler } from './scheduler.ts';

/** The kubelet's back-off for volumes: half a second, doubled each time, at most 122 s (operation executor). */
const FIRST_MOUNT_MILLISECONDS = 500;
const LONGEST_MOUNT_MILLISECONDS = 122_000;

/** Goes on once all that a pod's volumes show is there; until then the pod stays at `ContainerCreating`. */
const whenMounted = (steps: PodSteps, pod: Pod, then: (pod: Pod) => void, attempt = 0): void => {
  const missing = steps.configs.missingVolume(pod);
  if (missing === undefined) {
    steps.configs.start(pod);
    then(pod);
    return;
  }
  steps.tell(pod, 'kubelet', 'Warning', 'FailedMount', `MountVolume.SetUp failed for ${missing}`);
  const wait = Math.min(FIRST_MOUNT_MILLISECONDS * 2 ** attempt, LONGEST_MOUNT_MILLISECONDS);
  steps.later(pod, wait, (it) => whenMounted(steps, it, then, attempt + 1));
};

/**
 * Leads each new pod from Pending to Ready, or into the failure that its image asks for. The images' owner says
 * when they changed their ways, for pods that already serve.
 */
export const startKubelet = (parts: {
  store: Store;
  clock: Clock;
  images: Images;
  events: EventRecorder;
  configs: PodConfigs;
}): Pick<PodSteps, 'stop' | 'imagesChanged'> => {
  const steps = new PodSteps(parts);
  const scheduler = new Scheduler(steps, (pod) =>
    whenMounted(steps, pod, (mounted) => {
      for (const container of mounted.spec.containers) new ContainerLife(steps, container).begin(mounted);
    }),
  );
  parts.store.onChange(({ type, resource, object }) => {
    if (resource !== PODS) return;
    if (type === 'DELETED') steps.forget(object as Pod);
    if (type === 'ADDED') steps.later(object as Pod, 0, (pod) => scheduler.place(pod));
  });
  return steps;
};
