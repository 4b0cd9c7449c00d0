import type { PodConfig } from './pod-configs.ts';

/** How the pods of an image fare. */
export type PodFate = 'ok' | 'crash-loop' | 'image-pull' | 'never-ready' | 'unschedulable';

/** What is known of an image. `digest` is `sha256:…`; undefined when the image is in no repository. */
export interface ImageBehaviour {
  readonly pods: PodFate;
  /** From the pod's creation until its readiness probe succeeds. */
  readonly readyAfterMs: number;
  readonly digest: string | undefined;
}

/** Asked at each step of a pod's life, so that an image may change its ways while its pods run. */
export interface Images {
  /** @param config what the pod read when it started */
  behaviour(image: string, config?: PodConfig): ImageBehaviour;
}

/** `repository:tag@digest` taken apart; the registry's port is not a tag. */
export const partsOfImage = (
  image: string,
): { repository: string; tag: string | undefined; digest: string | undefined } => {
  const [named = '', digest] = image.split('@');
  const [, repository = named, tag] = /^(.*?)(?::([^/:]+))?$/.exec(named) ?? [];
  return { repository, tag, digest };
};

/** The `imageID` that the kubelet reports: the repository with the digest that was pulled. */
export const imageIdOf = (image: string, known: string | undefined): string => {
  const { repository, digest = known } = partsOfImage(image);
  return digest === undefined ? image : `${repository}@${digest}`;
};

/** The version that an image carries: its tag, or its digest where it has no tag. */
export const versionOfImage = (image: string): string => {
  const { tag, digest } = partsOfImage(image);
  return tag ?? digest ?? 'latest';
};
