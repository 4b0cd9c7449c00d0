import * as z from 'zod';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { type Configs, partsOf } from '../bootstrap/configs.ts';
import type { PodConfig } from '../kubernetes/pods/pod-configs.ts';
import type { KubernetesServer } from '../kubernetes/server.ts';

const OBJECT = /^(ConfigMap|Secret)\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const object = () =>
  z.string().regex(OBJECT, 'must be ConfigMap/NAME or Secret/NAME, such as ConfigMap/podinfo-config');

/** ConfigMaps and Secrets with their values in plain text: `{ ConfigMap/podinfo-config: { color: red } }`. */
export const configs = () => z.record(object(), z.record(z.string(), z.string()));
/** The same as a change: keys that are not named stay, null takes one away. */
export const configChanges = () => z.record(object(), z.record(z.string(), z.string().nullable()));

export type ConfigChanges = z.output<ReturnType<typeof configChanges>>;

/** Somebody changes ConfigMaps and Secrets with kubectl; one that is not there is made. */
export const changeConfigs = (
  kubernetes: KubernetesServer,
  { workload: { namespace } }: Pick<RolloutSpec, 'workload'>,
  changes: ConfigChanges,
): void => {
  for (const [id, values] of Object.entries(changes)) {
    const { kind, name } = partsOf(id);
    if (kubernetes.get(kind, namespace, name) === undefined)
      kubernetes.apply({ apiVersion: 'v1', kind, metadata: { name, namespace } });
    const encoded = Object.entries(values).map(([key, text]) => [
      key,
      text === null || kind === 'ConfigMap' ? text : Buffer.from(text).toString('base64'),
    ]);
    kubernetes.edit({ kind, namespace, name }, { data: Object.fromEntries(encoded) });
  }
};

/** A version that only pods with certain values are: `{ of: "6.0.0", config: … }`. */
export interface ConfiguredVersion {
  readonly of?: string | undefined;
  readonly config?: Configs | undefined;
}

/** Whether a name is that of an object, or of a copy of it. */
const isOf = (id: string, name: string): boolean => name === id || name.startsWith(`${id}-`);

/** Whether a pod read these values, in the objects themselves or in the primary's copies of them. */
const hasRead = (read: PodConfig, wanted: Configs): boolean =>
  Object.entries(wanted).every(([id, values]) =>
    Object.entries(read).some(
      ([name, found]) =>
        isOf(id, name) && Object.entries(values).every(([key, value]) => found[key] === value),
    ),
  );

/** As which version a pod behaves that runs `version` and has read `config`: the first that says so, else as its image. */
export const behavesAs = (
  versions: Readonly<Record<string, ConfiguredVersion>>,
  version: string,
  config: PodConfig,
): string =>
  Object.entries(versions).find(
    ([, { of, config: wanted }]) => of === version && wanted !== undefined && hasRead(config, wanted),
  )?.[0] ?? version;

/** What pods have read of objects, by the objects' own names; values on which the pods differ stand beside each other. */
export const readByAll = (pods: readonly { readonly config: PodConfig }[], ids: readonly string[]): Configs =>
  Object.fromEntries(
    ids.map((id) => {
      const read = new Map<string, Set<string>>();
      for (const { config } of pods)
        for (const [, values] of Object.entries(config).filter(([name]) => isOf(id, name)))
          for (const [key, value] of Object.entries(values))
            read.set(key, (read.get(key) ?? new Set()).add(value));
      return [id, Object.fromEntries([...read].map(([key, values]) => [key, [...values].join(' | ')]))];
    }),
  );
