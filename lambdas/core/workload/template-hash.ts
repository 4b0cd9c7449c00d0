import { createHash } from 'node:crypto';
import type { PodTemplate } from './objects.ts';

/** With members in one order: the API server keeps none. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, ordered(member)]));
};

/** Sixteen hex digits that name a pod template. */
export const templateHash = (template: PodTemplate): string =>
  createHash('sha256')
    .update(JSON.stringify(ordered(template)))
    .digest('hex')
    .slice(0, 16);
