import { type Node, needsOf, parseExpression } from './expression.ts';
import { expressionsOf } from './fields.ts';
import type { RawGraph } from './shapes.ts';

/** Functions that take any value, a missing one too, and return true or false. */
const harmless = new Set(['exists', 'not', 'boolean']);

const operators = new Set(['=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in', '&', '+', '-', '*', '/', '%']);

const plain = (node: unknown): boolean => {
  const { type, value, steps = [], lhs, rhs, expressions = [], arguments: given = [] } = node as Node;
  const { procedure, stages, predicate, group } = node as Node & Record<string, unknown>;
  if (stages !== undefined || predicate !== undefined || group !== undefined) return false;
  if (['variable', 'name', 'string', 'number', 'value'].includes(type)) return true;
  if (type === 'path') return steps.every(plain);
  if (type === 'block') return expressions.every(plain);
  if (type === 'binary') return operators.has(String(value)) && plain(lhs) && plain(rhs);
  if (type === 'unary') return value === '[' && expressions.every(plain);
  return (
    type === 'function' && harmless.has(String((procedure as Node | undefined)?.value)) && given.every(plain)
  );
};

const isPlain = (text: string): boolean => {
  try {
    const root = parseExpression(text);
    return (
      plain(root) && needsOf(root).every(({ kind, name }) => kind !== 'field of $states' || name === 'input')
    );
  } catch {
    return true; // said elsewhere
  }
};

/**
 * Expressions of Choice and Wait states that do more than read variables and `$states.input`, compare and calculate:
 * these states cannot catch, so that whatever fails in them ends the execution (ASL specification).
 */
export const riskyReads = ({ at, states }: RawGraph): readonly string[] =>
  [...states]
    .filter(([, { Type }]) => Type === 'Choice' || Type === 'Wait')
    .flatMap(([name, state]) =>
      expressionsOf(state)
        .filter(({ text }) => !isPlain(text))
        .map(
          ({ location }) =>
            `${at}${name}/${location}: a state that cannot catch may only read variables and $states.input with plain operators`,
        ),
    );
