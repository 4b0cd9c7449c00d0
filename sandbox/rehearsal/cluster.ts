import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import type { Sandbox } from '../sandbox.ts';
import type { LoadedScenario } from './load-scenario.ts';

/** Puts into the cluster what a scenario says is there beside the service, and lets a GitOps controller watch over it. */
export const furnishCluster = (sandbox: Sandbox, { scenario }: LoadedScenario): void => {
  const { cluster, gitops } = scenario;
  if (cluster.length > 0) sandbox.kubernetes.apply(cluster);
  if (gitops === undefined) return;
  const { manager, manifests, every } = gitops;
  sandbox.kubernetes.gitops({ manager, manifests, intervalMs: every * 1000 });
};

type Fields = Readonly<Record<string, unknown>>;

/** `image` and `replicas` may stand at the top, an image by its version alone. */
const patchOf = (
  { image, replicas, metadata, spec, ...more }: Fields,
  { workload }: RolloutSpec,
  imageOf: (version: string) => string,
): object => ({
  ...(metadata === undefined ? {} : { metadata }),
  spec: {
    ...more,
    ...(replicas === undefined ? {} : { replicas }),
    ...(image === undefined
      ? {}
      : {
          template: {
            spec: { containers: [{ name: workload.container, image: imageOf(String(image)) }] },
          },
        }),
    ...(spec as Fields | undefined),
  },
});

/**
 * Edits Deployments by hand: `{ primary: { replicas: 2 } }`, `{ canary: { image: "6.0.3" } }`, or with any part of a
 * Deployment's `metadata` and `spec`. Without a role, or a `name`, the canary is meant.
 */
export const editDeployments = (
  sandbox: Sandbox,
  { spec, target }: Pick<LoadedScenario, 'spec' | 'target'>,
  edits: Fields,
): void => {
  const { namespace, primary, canary } = spec.workload;
  const { account, region } = target;
  const repository = `${account}.dkr.ecr.${region}.amazonaws.com/${spec.trigger.ecr.repository}`;
  const imageOf = (image: string) => (image.includes('/') ? image : `${repository}:${image}`);
  const edit = (name: string, fields: Fields) =>
    sandbox.kubernetes.edit({ kind: 'deployment', namespace, name }, patchOf(fields, spec, imageOf));
  if (edits.primary !== undefined) edit(primary, edits.primary as Fields);
  if (edits.canary !== undefined) edit(canary, edits.canary as Fields);
  if (edits.primary !== undefined || edits.canary !== undefined) return;
  const { name = canary, ...fields } = edits;
  edit(String(name), fields);
};
