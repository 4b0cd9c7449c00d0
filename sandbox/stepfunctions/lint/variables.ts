import { assignedIn, assignedOnEntry, type Entry } from './assignments.ts';
import { type Need, needsOf, parseExpression } from './expression.ts';
import { type ExpressionField, expressionsOf, type When } from './fields.ts';
import { functionNames } from './function-names.ts';
import { innerGraphs, list, type RawGraph, type RawState, record } from './shapes.ts';

/** States that have a result (Step Functions developer guide, "Reserved variable: $states"). */
const withResult = new Set(['Task', 'Parallel', 'Map']);

const fieldProblem = (field: string, when: When, type: unknown): string | undefined => {
  if (field === 'input' || field === 'context') return undefined;
  if (field === 'result') {
    if (when === 'after' && withResult.has(String(type))) return undefined;
    return '$states.result is only in Assign and Output of a Task, Parallel or Map state';
  }
  if (field === 'errorOutput') {
    return when === 'caught' ? undefined : '$states.errorOutput is only in Assign and Output of a Catch';
  }
  return `$states has no field "${field}"; it has input, context, result and errorOutput`;
};

const variableProblem = (name: string, entry: Entry, assignable: ReadonlySet<string>): string | undefined => {
  if (name === 'states' || entry.assigned.has(name) || functionNames.has(name)) return undefined;
  if (!assignable.has(name)) return `$${name} is never assigned`;
  const from = entry.lackingFrom(name);
  return `$${name} is not assigned on every path${from === undefined ? '' : `: not by way of "${from}"`}`;
};

const callProblem = (name: string): string | undefined => {
  if (functionNames.has(name)) return undefined;
  if (name === 'eval') return 'Step Functions has no $eval; for JSON text use $parse';
  return `there is no function $${name}`;
};

interface Surroundings {
  readonly state: RawState;
  readonly entry: Entry;
  /** Every name that is assigned in this graph or around it. */
  readonly assignable: ReadonlySet<string>;
}

const problemOf = (need: Need, when: When, { state, entry, assignable }: Surroundings) => {
  if (need.kind === 'variable') return variableProblem(need.name, entry, assignable);
  if (need.kind === 'call') return callProblem(need.name);
  if (need.kind === 'field of $states') return fieldProblem(need.name, when, state.Type);
  return `"${need.name}" stands for nothing at the top level; read $states.input`;
};

const expressionProblems = ({ text, when }: ExpressionField, around: Surroundings): readonly string[] => {
  try {
    const problems = needsOf(parseExpression(text)).map((need) => problemOf(need, when, around));
    return [...new Set(problems.filter((problem) => problem !== undefined))];
  } catch (error) {
    return [`is no JSONata: ${(error as { message?: string }).message}`];
  }
};

const nameProblem = (name: string, outer: ReadonlySet<string>): string | undefined => {
  if (name === 'states') return '"states" is reserved';
  if (!/^[\p{ID_Start}][\p{ID_Continue}]{0,79}$/u.test(name)) {
    return `"${name}" is no variable name: a letter, then letters, digits and _, 80 at most`;
  }
  return outer.has(name) ? `"${name}" is already the name of a variable outside` : undefined;
};

const assignProblems = (state: RawState, outer: ReadonlySet<string>): readonly string[] => {
  const places: readonly (readonly [string, unknown])[] = [
    ['', state],
    ...list(state.Choices).map((rule, index) => [`Choices[${index}]/`, rule] as const),
    ...list(state.Catch).map((rule, index) => [`Catch[${index}]/`, rule] as const),
  ];
  return places.flatMap(([at, rule]) =>
    Object.keys(record(record(rule).Assign)).flatMap((name) => {
      const problem = nameProblem(name, outer);
      return problem === undefined ? [] : [`${at}Assign: ${problem}`];
    }),
  );
};

/**
 * What expressions and variables of a graph, and of all inside it, do wrong: one line each, `state/field: problem`.
 * @param assigned variables outside the graph that have a value when it begins
 * @param outer every name that is assigned outside
 */
export const variableProblems = (
  graph: RawGraph,
  assigned: ReadonlySet<string> = new Set(),
  outer: ReadonlySet<string> = new Set(),
): readonly string[] => {
  const entries = assignedOnEntry(graph, assigned);
  const assignable = new Set([...outer, ...assignedIn(graph)]);
  return [...graph.states].flatMap(([name, state]) => {
    const at = `${graph.at}${name}/`;
    const entry = entries.get(name) ?? { assigned: assignable, lackingFrom: () => undefined };
    return [
      ...assignProblems(state, outer).map((problem) => `${at}${problem}`),
      ...expressionsOf(state).flatMap((field) =>
        expressionProblems(field, { state, entry, assignable }).map(
          (problem) => `${at}${field.location}: ${problem}`,
        ),
      ),
      ...innerGraphs(graph, name, state).flatMap((inner) =>
        variableProblems(inner, entry.assigned, assignable),
      ),
    ];
  });
};
