import {
  type ConfigReference,
  configId,
  configReferences,
} from '../../../lambdas/core/workload/config/references.ts';
import type { PodTemplate } from '../../../lambdas/core/workload/objects.ts';
import type { ConfigMap, Container, Pod, Secret } from '../objects.ts';
import { CONFIG_MAPS, SECRETS } from '../resources.ts';
import type { Store } from '../store.ts';

/** What containers of a pod found when they started, as text: `ConfigMap/podinfo-config` to its keys and values. */
export type PodConfig = Readonly<Record<string, Readonly<Record<string, string>>>>;

const decoded = (data: Readonly<Record<string, string>> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );

const readBy = (spec: { containers: unknown; volumes?: unknown }): readonly ConfigReference[] =>
  configReferences({ spec } as PodTemplate);

/** The ConfigMaps and Secrets that pods read, and what each pod has read of them. */
export class PodConfigs {
  readonly #store: Store;
  readonly #read = new Map<string, PodConfig>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Why a container cannot be created, in the kubelet's words: its environment names what is not there. */
  missingFor(pod: Pod, container: Container): string | undefined {
    return this.#missing(pod, readBy({ containers: [container] }));
  }

  /** Why a pod's volumes cannot be mounted: the first one's trouble. */
  missingVolume(pod: Pod): string | undefined {
    for (const volume of pod.spec.volumes ?? []) {
      const missing = this.#missing(pod, readBy({ containers: [], volumes: [volume] }));
      if (missing !== undefined) return `volume "${volume.name}" : ${missing}`;
    }
    return undefined;
  }

  /** Takes down what a pod reads as its containers start; one that starts again reads anew. */
  start(pod: Pod): void {
    const found = readBy(pod.spec).flatMap((reference) => {
      const values = this.#values(pod, reference);
      return values === undefined ? [] : [[configId(reference), values] as const];
    });
    this.#read.set(pod.metadata.uid, Object.fromEntries(found));
  }

  /** Empty for a pod that reads nothing, or has not started. */
  of(pod: Pod): PodConfig {
    return this.#read.get(pod.metadata.uid) ?? {};
  }

  forget(pod: Pod): void {
    this.#read.delete(pod.metadata.uid);
  }

  #values({ metadata: { namespace } }: Pod, { kind, name }: ConfigReference) {
    if (kind === 'Secret') {
      const secret: Secret | undefined = this.#store.get(SECRETS, namespace, name);
      return secret && decoded(secret.data);
    }
    const configMap: ConfigMap | undefined = this.#store.get(CONFIG_MAPS, namespace, name);
    return configMap && { ...configMap.data, ...decoded(configMap.binaryData) };
  }

  #missing(pod: Pod, references: readonly ConfigReference[]): string | undefined {
    for (const reference of references.filter(({ optional }) => !optional)) {
      const { kind, name, keys = [] } = reference;
      const values = this.#values(pod, reference);
      if (values === undefined) return `${kind.toLowerCase()} "${name}" not found`;
      const absent = keys.find((key) => values[key] === undefined);
      if (absent !== undefined)
        return `couldn't find key ${absent} in ${kind} ${pod.metadata.namespace}/${name}`;
    }
    return undefined;
  }
}
