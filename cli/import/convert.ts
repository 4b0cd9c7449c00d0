import { join } from 'node:path';
import { importCanary } from '../../lambdas/core/spec/flagger/import-canary.ts';
import { type Block, type TargetWorkload, targetAmong } from '../../lambdas/core/spec/flagger/manifests.ts';
import type { Surroundings } from '../../lambdas/core/spec/flagger/surroundings.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import type { FoundCanary } from './read-canaries.ts';
import { specFile } from './spec-file.ts';

/** A Canary and what it became. */
export interface Converted {
  readonly canary: FoundCanary;
  /** The path of its spec, in the folder that was asked for; null, and no text, when there are problems. */
  readonly path: string | null;
  readonly text?: string;
  readonly written?: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

/** What is the same for all Canaries. */
export interface Conversion {
  readonly out: string;
  readonly around: Surroundings;
  readonly manifests: readonly Block[];
}

/** Names of services; those that several namespaces have get their namespace too. */
const servicesOf = (canaries: readonly FoundCanary[]): readonly string[] => {
  const namespaces = Map.groupBy(canaries, ({ name }) => name);
  return canaries.map(({ name, namespace }) => {
    const several = new Set((namespaces.get(name) ?? []).map((canary) => canary.namespace)).size > 1;
    return several ? `${name}-${namespace}` : name;
  });
};

/** What the manifests do not say, and was assumed. */
const assumedOf = (
  { workload, trigger }: RolloutSpec,
  said: TargetWorkload,
  around: Surroundings,
): string[] => [
  ...(said.container === undefined && around.container === undefined
    ? [
        `workload.container: ${workload.container} is assumed; import the Deployment beside the Canary, or correct it`,
      ]
    : []),
  ...(said.repository === undefined && around.repository === undefined
    ? [
        `trigger.ecr.repository: ${trigger.ecr.repository} is assumed; import the Deployment beside the Canary, or correct it`,
      ]
    : []),
  ...(said.secrets === undefined
    ? [
        'workload.configTracking.secrets: all, as with Flagger, so the service’s role may read every Secret of its namespace; import the Deployment beside the Canary, or name them',
      ]
    : []),
];

const convertOne = (
  canary: FoundCanary,
  service: string,
  { out, around, manifests }: Conversion,
): Converted => {
  const said = targetAmong(manifests, canary.manifest);
  const imported = importCanary(canary.manifest, {
    ...said,
    ...around,
    manifests,
    ...(service !== canary.name && { service }),
  });
  if (!imported.ok) return { canary, path: null, notes: [], problems: imported.problems };
  const renamed = `metadata.name: the service is ${service}, because several namespaces have a Canary ${canary.name}`;
  const notes = [
    ...(service === canary.name ? [] : [renamed]),
    ...assumedOf(imported.spec, said, around),
    ...imported.notes.map(({ path: key, text }) => `${key}: ${text}`),
  ];
  const { written } = imported;
  const path = join(out, `${imported.spec.service}.yaml`);
  return { canary, path, text: specFile(canary, written, notes), written, notes, problems: [] };
};

/** Converts every Canary; a wrong one leaves the others alone. */
export const convert = (canaries: readonly FoundCanary[], conversion: Conversion): Converted[] => {
  const services = servicesOf(canaries);
  return canaries.map((canary, index) => {
    const service = services[index] ?? canary.name;
    const first = services.indexOf(service);
    if (first === index) return convertOne(canary, service, conversion);
    const problem = `metadata.name: is there twice, got ${JSON.stringify(canary.name)}; ${canaries[first]?.file} has it too`;
    return { canary, path: null, notes: [], problems: [problem] };
  });
};
