import { configReferences } from '../../workload/config/references.ts';
import type { PodTemplate } from '../../workload/objects.ts';

/** An object of a manifest, as written. */
export type Block = Readonly<Record<string, unknown>>;

const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object in a list, in lists of lists, and in what `kubectl get -o yaml` prints (`kind: List`, `CanaryList`). */
export const manifestsIn = (value: unknown): Block[] => {
  if (Array.isArray(value)) return value.flatMap(manifestsIn);
  if (!isBlock(value)) return [];
  const { kind, items } = value;
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
    ? manifestsIn(items)
    : [value];
};

/** Whether a manifest is of a kind; one without a kind, that has a spec with a targetRef, is a Canary. */
export const isCanary = (manifest: Block): boolean =>
  manifest.kind === 'Canary' ||
  (manifest.kind === undefined && isBlock(manifest.spec) && 'targetRef' in manifest.spec);

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      isBlock(inner) || Array.isArray(inner) ? (inner as Record<string | number, unknown>)[key] : undefined,
    value,
  );

/** What a Canary's target says in its own manifest. */
export interface TargetWorkload {
  readonly container?: string;
  /** The image's repository, without registry, tag and digest. */
  readonly repository?: string;
  readonly replicas?: number;
  /** The Secrets that its pods read; absent without the Deployment. */
  readonly secrets?: readonly string[];
}

const secretsIn = (deployment: Block): readonly string[] =>
  configReferences((at(deployment, 'spec', 'template') ?? {}) as PodTemplate)
    .filter(({ kind }) => kind === 'Secret')
    .map(({ name }) => name);

const repositoryOf = (image: string): string => {
  const name = image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const [registry = '', ...rest] = name.split('/');
  // An ECR repository's whole name; of other registries its last part, which is what a mirror would be called.
  return registry.includes('.dkr.ecr.') ? rest.join('/') : (name.split('/').at(-1) ?? name);
};

/** Of the Deployment that a Canary targets, if it is among the manifests: its first container. */
export const targetAmong = (manifests: readonly Block[], canary: Block): TargetWorkload => {
  const name = at(canary, 'spec', 'targetRef', 'name');
  const namespace = at(canary, 'metadata', 'namespace') ?? 'default';
  const deployment = manifests.find(
    (manifest) =>
      manifest.kind === 'Deployment' &&
      at(manifest, 'metadata', 'name') === name &&
      (at(manifest, 'metadata', 'namespace') ?? namespace) === namespace,
  );
  const container = at(deployment, 'spec', 'template', 'spec', 'containers', 0);
  const found = {
    container: at(container, 'name'),
    image: at(container, 'image'),
    replicas: at(deployment, 'spec', 'replicas'),
  };
  return {
    ...(typeof found.container === 'string' && { container: found.container }),
    ...(typeof found.image === 'string' && { repository: repositoryOf(found.image) }),
    ...(typeof found.replicas === 'number' && { replicas: found.replicas }),
    ...(deployment !== undefined && { secrets: secretsIn(deployment) }),
  };
};
