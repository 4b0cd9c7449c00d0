import * as z from 'zod';
import { problemsOf } from '../problems.ts';
import type { Block } from './manifests.ts';

const provider = z.looseObject({
  type: z.string(),
  address: z.string().optional(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  secretRef: z.object({ name: z.string() }).optional(),
  region: z.string().optional(),
  insecureSkipVerify: z.boolean().optional(),
});

const template = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default('default') }),
  spec: z.looseObject({ provider, query: z.string() }),
});

/** A Flagger MetricTemplate, as far as it is read. */
export type MetricTemplate = z.output<typeof template>['spec'];

const reference = z.object({ name: z.string(), namespace: z.string().optional() });

/** The template that a metric names, or what is wrong: `what, got value; the fix`. */
export type FoundTemplate = { readonly template: MetricTemplate } | { readonly problems: readonly string[] };

const keyOf = (manifest: Block): string => {
  const { name, namespace = 'default' } = (manifest.metadata ?? {}) as {
    name?: unknown;
    namespace?: unknown;
  };
  return `${namespace}/${name}`;
};

/** Finds it among the manifests: in the Canary's own namespace where the reference names none. */
export const templateAmong = (
  manifests: readonly Block[],
  templateRef: unknown,
  namespace: string,
): FoundTemplate => {
  const named = reference.safeParse(templateRef);
  if (!named.success) return { problems: problemsOf(reference, templateRef, named.error.issues) };
  const wanted = `${named.data.namespace ?? namespace}/${named.data.name}`;
  const all = manifests.filter(({ kind }) => kind === 'MetricTemplate');
  const found = all.find((manifest) => keyOf(manifest) === wanted);
  if (found === undefined) {
    const there = all.length === 0 ? 'there is none' : `there are ${all.map(keyOf).join(', ')}`;
    return {
      problems: [
        `names a MetricTemplate that is not among the files, ${there}, got "${wanted}"; add its document (kubectl get metrictemplates -A -o yaml)`,
      ],
    };
  }
  const parsed = template.safeParse(found);
  return parsed.success
    ? { template: parsed.data.spec }
    : { problems: problemsOf(template, found, parsed.error.issues).map((each) => `${wanted}: ${each}`) };
};
