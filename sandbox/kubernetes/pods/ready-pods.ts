import type { Labels } from '../objects.ts';
import { DEPLOYMENTS, PODS } from '../resources.ts';
import { fitsSelector } from '../selectors.ts';
import type { Store } from '../store.ts';
import { type Images, imageIdOf, versionOfImage } from './images.ts';
import type { PodConfig, PodConfigs } from './pod-configs.ts';
import { isPodReady } from './pod-status.ts';

/** A pod that may get traffic. */
export interface ReadyPod {
  readonly name: string;
  readonly ip: string;
  /** The image of its first container that is not Envoy, as the spec writes it. */
  readonly image: string;
  /** `repository@sha256:…` that runs. */
  readonly imageId: string;
  /** The image's tag; its digest where it has no tag. */
  readonly version: string;
  readonly labels: Labels;
  readonly config: PodConfig;
}

/** The ready pods that labels, or the selector of a Deployment, pick. None for a Deployment that is not there. */
export const readyPods = (
  store: Store,
  { images, configs }: { readonly images: Images; readonly configs: PodConfigs },
  namespace: string,
  of: { labels: Labels } | { deployment: string },
): ReadyPod[] => {
  const selector =
    'labels' in of
      ? { matchLabels: { ...of.labels } }
      : store.get(DEPLOYMENTS, namespace, of.deployment)?.spec.selector;
  if (selector === undefined) return [];
  return store
    .list(PODS, namespace)
    .filter((pod) => isPodReady(pod) && fitsSelector(selector, pod.metadata.labels))
    .map((pod) => {
      const image = pod.spec.containers.find(({ name }) => name !== 'envoy')?.image ?? '';
      return {
        name: pod.metadata.name,
        ip: pod.status?.podIP ?? '',
        image,
        imageId: imageIdOf(image, images.behaviour(image).digest),
        version: versionOfImage(image),
        labels: pod.metadata.labels ?? {},
        config: configs.of(pod),
      };
    });
};
