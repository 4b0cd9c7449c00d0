import type { NormalizedSchema } from '@smithy/core/schema';

/** Decoded data, in the SDK's shapes. */
export type Shape = Record<string, unknown>;

export const isShape = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Traits of a member that decide where it travels. */
export interface Traits {
  readonly httpLabel?: number;
  readonly httpQuery?: string;
  readonly httpQueryParams?: number;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: number;
  readonly httpResponseCode?: number;
  readonly xmlName?: string;
  readonly xmlFlattened?: number;
  readonly jsonName?: string;
}

export const traitsOf = (schema: NormalizedSchema): Traits => schema.getMergedTraits() as Traits;

/** True for members that do not travel in the body. */
export const isBoundToHttp = (traits: Traits): boolean =>
  Boolean(
    traits.httpLabel ||
      traits.httpQuery ||
      traits.httpQueryParams ||
      traits.httpHeader ||
      traits.httpPrefixHeaders !== undefined ||
      traits.httpPayload ||
      traits.httpResponseCode,
  );

const memberLists = new WeakMap<object, readonly (readonly [string, NormalizedSchema])[]>();

/** The members of a structure with their schemas; empty for `unit`. */
export function membersOf(schema: NormalizedSchema): readonly (readonly [string, NormalizedSchema])[] {
  if (!schema.isStructSchema()) return [];
  const key = schema.getSchema() as unknown as object;
  let members = memberLists.get(key);
  if (members === undefined) {
    members = [...schema.structIterator()];
    memberLists.set(key, members);
  }
  return members;
}

/** The names of the members that must be there: the schema lists them first and ends with their number. */
export function requiredOf(schema: NormalizedSchema): readonly string[] {
  const tuple = schema.getSchema() as unknown as readonly unknown[];
  const count = tuple[6];
  return typeof count === 'number' ? (tuple[4] as string[]).slice(0, count) : [];
}
