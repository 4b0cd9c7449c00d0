import type { ContainerStatus } from 'kubernetes-types/core/v1.js';
import type { Clock } from '../../clock.ts';
import type { EventRecorder } from '../events.ts';
import { type Container, type Pod, timestamp } from '../objects.ts';
import { PODS } from '../resources.ts';
import type { Store } from '../store.ts';
import { ENVOY_IMAGE } from './envoy.ts';
import type { ImageBehaviour, Images } from './images.ts';
import type { PodConfigs } from './pod-configs.ts';
import { summarize } from './pod-status.ts';

/** What every step of a pod's life does: wait, write the status, tell people. */
export class PodSteps {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #images: Images;
  readonly #events: EventRecorder;
  /** What pods read of ConfigMaps and Secrets. */
  readonly configs: PodConfigs;
  readonly #timers = new Set<() => void>();
  readonly #rechecks = new Map<string, (() => void)[]>();

  constructor(parts: {
    store: Store;
    clock: Clock;
    images: Images;
    events: EventRecorder;
    configs: PodConfigs;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#images = parts.images;
    this.#events = parts.events;
    this.configs = parts.configs;
  }

  /** The present time as Kubernetes writes it. */
  get now(): string {
    return timestamp(this.#clock.now());
  }

  /** @param pod whose container it is: with what it read, an image may behave otherwise */
  behaviour({ image = '' }: Container, pod?: Pod): ImageBehaviour {
    // Envoy is not the user's image: it always comes up, as soon as it has started.
    if (image === ENVOY_IMAGE) return { pods: 'ok', readyAfterMs: 1_000, digest: undefined };
    return this.#images.behaviour(image, pod && this.configs.of(pod));
  }

  /** Runs a step after `milliseconds`, unless the pod is gone or going by then. */
  later(pod: Pod, milliseconds: number, step: (pod: Pod) => void): void {
    const cancel = this.#clock.schedule(this.#clock.now() + milliseconds, () => {
      this.#timers.delete(cancel);
      const live = this.live(pod);
      if (live !== undefined) step(live);
    });
    this.#timers.add(cancel);
  }

  /** The pod as it is now, if it is the same one and stays. */
  live({ metadata: { namespace, name, uid } }: Pod): Pod | undefined {
    const live = this.#store.get(PODS, namespace, name);
    return live?.metadata.uid === uid && live.metadata.deletionTimestamp === undefined ? live : undefined;
  }

  /** Calls `recheck` at every change of the images' ways, for as long as the pod lives. */
  onImagesChanged(pod: Pod, recheck: (pod: Pod) => void): void {
    const { uid } = pod.metadata;
    const check = () => {
      const live = this.live(pod);
      if (live !== undefined) recheck(live);
    };
    this.#rechecks.set(uid, [...(this.#rechecks.get(uid) ?? []), check]);
  }

  imagesChanged(): void {
    for (const checks of [...this.#rechecks.values()]) for (const check of checks) check();
  }

  forget(pod: Pod): void {
    const { metadata } = pod;
    this.#rechecks.delete(metadata.uid);
    this.configs.forget(pod);
  }

  change(pod: Pod, edit: (draft: Pod) => void): Pod | undefined {
    return this.#store.change(PODS, pod, edit);
  }

  /** Changes the status of one container; phase and conditions follow. */
  changeContainer(pod: Pod, { name }: Container, edit: (status: ContainerStatus) => void): void {
    this.change(pod, (draft) => {
      const status = draft.status?.containerStatuses?.find((it) => it.name === name);
      if (draft.status === undefined || status === undefined) return;
      edit(status);
      summarize(draft.status, draft, this.now);
    });
  }

  tell(pod: Pod, component: string, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(pod, component, type, reason, message);
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}
