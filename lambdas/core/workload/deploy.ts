import { Annotation } from './annotations.ts';
import { raisedTo } from './capacity.ts';
import { type Actor, generationNote } from './fence.ts';
import type { Deployment, PodTemplate } from './objects.ts';
import type { Patch } from './ports.ts';
import { templateHash } from './template-hash.ts';

/** The template with a container's image set. */
export const withImage = (template: PodTemplate, container: string, image: string): PodTemplate => ({
  ...template,
  spec: {
    ...template.spec,
    containers: template.spec.containers.map((it) => (it.name === container ? { ...it, image } : it)),
  },
});

const previousImage = ({ metadata, spec }: Deployment, container: string, execution: string): string => {
  const noted = metadata.annotations?.[Annotation.PreviousImage];
  // A repeat of this execution sees its own image there.
  if (noted !== undefined && metadata.annotations?.[Annotation.Execution] === execution) return noted;
  return spec.template.spec.containers.find(({ name }) => name === container)?.image ?? '';
};

/**
 * What the canary's pods will have read when they start. A repeat of this execution notes what its first try found, for
 * pods may have started since.
 */
const configUnderTest = ({ metadata }: Deployment, execution: string, config: string | undefined) =>
  metadata.annotations?.[Annotation.Execution] === execution
    ? metadata.annotations[Annotation.Config]
    : config;

/** Pods that run already read their configuration when they started: with another one they start anew. */
const startsAnew = ({ metadata, spec }: Deployment, config: string | undefined): config is string =>
  config !== undefined && (spec.replicas ?? 1) > 0 && metadata.annotations?.[Annotation.Config] !== config;

/** The canary's pod template with the release. */
const templateWith = (
  canary: Deployment,
  { spec, release }: Actor['rollout'],
  config: string | undefined,
): PodTemplate => {
  const template = withImage(canary.spec.template, spec.workload.container, release.image);
  if (!startsAnew(canary, config)) return template;
  const annotations = { ...template.metadata?.annotations, [Annotation.Config]: config };
  return { ...template, metadata: { ...template.metadata, annotations } };
};

/**
 * Puts the release on the canary Deployment: the image on its container, enough replicas, and what is written down beside.
 * @param config names the ConfigMaps and Secrets that its pods will read
 * @param autoscaled whether an autoscaler decides on replicas: then they are only raised from 0, where it is inactive
 */
export const deployPatch = (
  canary: Deployment,
  actor: Actor,
  { needed, autoscaled, config: found }: { needed: number; autoscaled: boolean; config: string | undefined },
): Patch => {
  const { spec, release, service, execution } = actor.rollout;
  const { container } = spec.workload;
  const present = canary.spec.replicas ?? 1;
  const replicas = autoscaled && present > 0 ? present : raisedTo(present, needed);
  const config = configUnderTest(canary, execution.arn, found);
  const template = templateWith(canary, actor.rollout, config);
  const written = templateHash(template);
  const annotations = {
    [Annotation.Rollout]: `${service} ${release.tag}`,
    [Annotation.Execution]: execution.arn,
    [Annotation.PreviousImage]: previousImage(canary, container, execution.arn),
    [Annotation.Template]: written,
    [Annotation.Written]: written,
    [Annotation.Config]: config ?? null,
    [Annotation.Retired]: null,
    ...generationNote(actor),
    [Annotation.ChangeCause]: `stepcanary: ${release.tag}, execution ${execution.name}`,
  };
  return {
    type: 'strategic',
    body: {
      metadata: { resourceVersion: canary.metadata.resourceVersion, annotations },
      spec: {
        ...(replicas !== present && { replicas }),
        template: {
          ...(startsAnew(canary, config) && { metadata: { annotations: template.metadata?.annotations } }),
          spec: { containers: [{ name: container, image: release.image }] },
        },
      },
    },
  };
};

/** Notes which template is under test, by its hash. */
export const testedPatch = ({ metadata: { resourceVersion } }: Deployment, hash: string): Patch => ({
  type: 'merge',
  body: {
    metadata: { resourceVersion, annotations: { [Annotation.Template]: hash, [Annotation.Written]: hash } },
  },
});

/** Gives the canary more pods; undefined when it has enough, or an autoscaler sees to it. */
export const scalePatch = (
  { metadata, spec }: Deployment,
  { needed, autoscaled }: { needed: number; autoscaled: boolean },
): Patch | undefined => {
  const present = spec.replicas ?? 1;
  if (present >= needed || (autoscaled && present > 0)) return undefined;
  return {
    type: 'merge',
    body: { metadata: { resourceVersion: metadata.resourceVersion }, spec: { replicas: needed } },
  };
};

/**
 * The canary without pods and without what no longer holds; undefined when it is so already. That it was retired, and by
 * which claim, stays.
 * @param carries whether it has this execution's release; otherwise only the mark is set
 */
export const retirePatch = (
  { metadata, spec }: Deployment,
  actor: Actor,
  carries: boolean,
): Patch | undefined => {
  const noted = metadata.annotations ?? {};
  const passing = [Annotation.Rollout, Annotation.Execution, Annotation.Template].filter(
    (name) => noted[name] !== undefined,
  );
  const { arn } = actor.rollout.execution;
  const hasPods = carries && (spec.replicas ?? 1) !== 0;
  if (!hasPods && passing.length === 0 && noted[Annotation.Retired] === arn) return undefined;
  return {
    type: 'merge',
    body: {
      metadata: {
        resourceVersion: metadata.resourceVersion,
        annotations: {
          ...Object.fromEntries(passing.map((name) => [name, null])),
          ...generationNote(actor),
          [Annotation.Retired]: arn,
        },
      },
      ...(hasPods && { spec: { replicas: 0 } }),
    },
  };
};
