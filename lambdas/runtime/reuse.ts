/**
 * How every client calls: one call must leave time for its retries within a writing function's 30 s. A call that never
 * answers ends here, not with the function.
 */
export const CALLS = {
  requestTimeout: 5_000,
  connectionTimeout: 2_000,
  throwOnRequestTimeout: true,
} as const;

/** Clients that a warm function keeps: enough for the services that it meets between two starts. */
const MOST = 64;

const kept = new Map<object, Map<string, unknown>>();

/**
 * What was made of this kind for this key before, or a new one: clients keep their connections from one invocation to
 * the next. Kinds are told apart by themselves, as a bundle may have shortened their names.
 */
export const reuse = <T>(kind: object, key: string, create: () => T): T => {
  const ofKind = kept.get(kind) ?? new Map<string, unknown>();
  kept.set(kind, ofKind);
  const known = ofKind.get(key);
  if (known !== undefined) return known as T;
  const created = create();
  const [oldest] = ofKind.keys();
  if (ofKind.size >= MOST && oldest !== undefined) ofKind.delete(oldest);
  ofKind.set(key, created);
  return created;
};
