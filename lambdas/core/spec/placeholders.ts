import { nearest } from './nearest.ts';

/**
 * What may stand in a query as `{{name}}`, and is filled in as it is asked. `target` and `deployment` are of the side that
 * is asked about: of a plain number always the canary.
 */
export const PLACEHOLDERS = [
  'target',
  'deployment',
  'primary',
  'canary',
  'namespace',
  'mesh',
  'service',
  'period',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

const isKnown = (name: string): name is Placeholder => (PLACEHOLDERS as readonly string[]).includes(name);

/** What a text's unknown placeholders are wrong about; undefined where all are known. */
export const placeholderProblem = (text: string): string | undefined => {
  const unknown = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).find((name) => !isKnown(name));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, PLACEHOLDERS);
  const fix =
    meant === undefined
      ? `there are ${PLACEHOLDERS.map((name) => `{{${name}}}`).join(', ')}`
      : `did you mean {{${meant}}}?`;
  return `must have known names in {{…}} only, {{${unknown}}} is none: ${fix}`;
};

/** A text with its placeholders filled in; unknown ones, which no parsed spec has, stay. */
export const fill = (text: string, values: Readonly<Record<Placeholder, string>>): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => (isKnown(name) ? values[name] : whole));
