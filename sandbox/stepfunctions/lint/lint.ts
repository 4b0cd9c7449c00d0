import { validatorProblems } from './asl-validator.ts';
import { assignedIn } from './assignments.ts';
import { functionNames } from './function-names.ts';
import { misplacedCatchAll } from './handlers.ts';
import { wrongNumbers, wrongTimeout } from './numbers.ts';
import { riskyReads } from './plain-reads.ts';
import { everyGraph, graphOf, type RawGraph, record } from './shapes.ts';
import { variableProblems } from './variables.ts';

const hidingFunctions = (graph: RawGraph): readonly string[] =>
  [...assignedIn(graph)]
    .filter((name) => functionNames.has(name))
    .map((name) => `${graph.at}Assign: "${name}" hides the function $${name}`);

/**
 * Why Step Functions, or what it would do with the definition, does not allow it: empty for a sound one. One line a
 * problem, with the state and the field.
 */
export const definitionProblems = (definition: unknown): readonly string[] => {
  if (Object.keys(record(definition)).length === 0)
    return ['The definition is not a JSON object with States.'];
  const machine = graphOf(definition);
  return [
    ...validatorProblems(definition),
    ...wrongTimeout(definition),
    ...everyGraph(machine).flatMap((graph) => [...misplacedCatchAll(graph), ...wrongNumbers(graph)]),
    ...variableProblems(machine),
  ];
};

/**
 * As {@link definitionProblems}, and what we ask of our own machine beyond that: Choice and Wait states that can't fail,
 * and no variable with the name of a function.
 */
export const lintDefinition = (definition: unknown): string[] => [
  ...definitionProblems(definition),
  ...everyGraph(graphOf(definition)).flatMap((graph) => [...riskyReads(graph), ...hidingFunctions(graph)]),
];
