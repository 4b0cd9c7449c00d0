import type { RolloutSpec } from '../../spec/schema.ts';
import type { PodTemplate } from '../objects.ts';
import { type ConfigReference, configId, configReferences, withConfigNames } from './references.ts';

type Workload = Pick<RolloutSpec['workload'], 'primary'>;

/**
 * The names that the primary's copy of an object may have, the first ones preferred. There are two, so that a promotion
 * never writes where the primary's present pods read; and two more, for a shared object whose first two are another service's.
 */
export const placeNames = (name: string, { primary }: Workload): readonly string[] => [
  ...new Set([`${name}-primary`, `${name}-primary-2`, `${name}-${primary}`, `${name}-${primary}-2`]),
];

/** Names and templates of both sides' configuration: which object of the primary is the copy of which. */
export class Places {
  readonly #canary: readonly ConfigReference[];
  readonly #read: ReadonlySet<string>;
  readonly #workload: Workload;

  /** @param canary the canary's pod template, whose names are those of the objects themselves */
  constructor(canary: PodTemplate, workload: Workload) {
    this.#canary = configReferences(canary);
    this.#read = new Set(this.#canary.map(configId));
    this.#workload = workload;
  }

  /** Where a copy of an object may be: not where the canary itself reads. */
  of({ kind, name }: Pick<ConfigReference, 'kind' | 'name'>): readonly string[] {
    return placeNames(name, this.#workload).filter(
      (place) => !this.#read.has(configId({ kind, name: place })),
    );
  }

  /** The place at which the primary's template reads an object; undefined where it reads the object itself, or not at all. */
  in(primary: PodTemplate, reference: ConfigReference): string | undefined {
    const read = new Set(configReferences(primary).map(configId));
    return this.of(reference).find((name) => read.has(configId({ kind: reference.kind, name })));
  }

  /** The primary's template with the names that the canary's has: a copy's becomes that of what it copies. */
  asCanary(primary: PodTemplate): PodTemplate {
    const sources = new Map(
      this.#canary.flatMap((reference) =>
        this.of(reference).map((name) => [configId({ kind: reference.kind, name }), reference.name] as const),
      ),
    );
    return withConfigNames(primary, (reference) => sources.get(configId(reference)) ?? reference.name);
  }
}
