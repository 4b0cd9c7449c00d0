import { readFileSync } from 'node:fs';
import { STATE_FUNCTIONS } from '../functions.ts';
import { substitutionOf } from '../names.ts';

/** The machine's definition, from the repository's root. */
export const DEFINITION_FILE = new URL('../../statemachine/rollout.asl.json', import.meta.url);

/** The definition's text. */
export const readDefinition = (): string => readFileSync(DEFINITION_FILE, 'utf8');

const used = (definition: string): Set<string> =>
  new Set([...definition.matchAll(/\$\{([^}]*)\}/g)].map(([, key = '']) => key));

/**
 * The substitution keys of a definition. CloudFormation and the CDK take one that is missing or not used without a word,
 * so this compares the keys with the state functions, both ways, and throws an Error that names the difference.
 */
export const checkSubstitutions = (
  definition: string,
  known = STATE_FUNCTIONS.map(({ name }) => substitutionOf(name)),
): void => {
  const keys = used(definition);
  const unknown = [...keys].filter((key) => !known.includes(key));
  const unused = known.filter((key) => !keys.has(key));
  const problems = [
    ...unknown.map((key) => `\${${key}} names no function of infra/functions.ts`),
    ...unused.map((key) => `no state uses \${${key}}`),
  ];
  if (problems.length > 0) throw new Error(`statemachine/rollout.asl.json: ${problems.join('; ')}`);
};
