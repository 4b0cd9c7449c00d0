import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

/** ConfigMaps and Secrets by kind and name (`ConfigMap/podinfo-config`), with their values as text. */
export type Configs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Kind and name of an object as scenarios write it. */
export const partsOf = (id: string): { readonly kind: string; readonly name: string } => {
  const [kind = '', name = ''] = id.split('/');
  return { kind, name };
};

/** What Flagger calls its copies (pkg/canary/config_tracker.go). */
const copyName = (name: string): string => `${name}-primary`;

/** How pods read them: ConfigMaps as environment, Secrets as volumes. @param copied by the names of Flagger's copies */
export const readingConfigs = (configs: readonly string[], copied: boolean) => {
  const read = configs
    .map(partsOf)
    .map(({ kind, name }) => ({ kind, name, as: copied ? copyName(name) : name }));
  return {
    envFrom: read
      .filter(({ kind }) => kind === 'ConfigMap')
      .map(({ as }) => ({ configMapRef: { name: as } })),
    volumes: read
      .filter(({ kind }) => kind === 'Secret')
      .map(({ name, as }) => ({ name, secret: { secretName: as } })),
  };
};

/** The objects, and Flagger's copies of them where it has made some; each with who wrote it. */
export const configManifests = (
  { workload: { namespace } }: RolloutSpec,
  configs: Configs,
  copied: boolean,
): readonly { readonly manifest: object; readonly by: string }[] =>
  Object.entries(configs).flatMap(([id, values]) => {
    const { kind, name } = partsOf(id);
    const object = (as: string) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: as, namespace },
      ...(kind === 'Secret' ? { stringData: values } : { data: values }),
    });
    return [
      { manifest: object(name), by: 'kubectl' },
      ...(copied ? [{ manifest: object(copyName(name)), by: 'flagger' }] : []),
    ];
  });
