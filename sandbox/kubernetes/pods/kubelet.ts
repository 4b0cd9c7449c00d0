import type { Clock } from '../../clock.ts';
import type { EventRecorder } from '../events.ts';
import type { Pod } from '../objects.ts';
import { PODS } from '../resources.ts';
import type { Store } from '../store.ts';
import { ContainerLife } from './container-life.ts';
import type { Images } from './images.ts';
import { PodSteps } from './pod-steps.ts';
import { Scheduler } from './scheduler.ts';

/**
 * Leads each new pod from Pending to Ready, or into the failure that its image asks for. The images' owner says
 * when they changed their ways, for pods that already serve.
 */
export const startKubelet = (parts: {
  store: Store;
  clock: Clock;
  images: Images;
  events: EventRecorder;
}): Pick<PodSteps, 'stop' | 'imagesChanged'> => {
  const steps = new PodSteps(parts);
  const scheduler = new Scheduler(steps, (pod) => {
    for (const container of pod.spec.containers) new ContainerLife(steps, container).begin(pod);
  });
  parts.store.onChange(({ type, resource, object }) => {
    if (resource !== PODS) return;
    if (type === 'DELETED') steps.forget(object as Pod);
    if (type === 'ADDED') steps.later(object as Pod, 0, (pod) => scheduler.place(pod));
  });
  return steps;
};
