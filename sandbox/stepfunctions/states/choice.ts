import { StateFailure } from '../failure.ts';
import { evaluateTyped } from '../jsonata/evaluate.ts';
import { bindings, type Leaving, type Visit } from '../line.ts';
import { causePrefix } from '../record-failure.ts';

/** Takes the first rule whose Condition is true, else Default. A rule's own Assign and Output stand for the state's. */
export const runChoice = async (visit: Visit): Promise<Leaving> => {
  const { state, input } = visit;
  const bound = bindings(visit);
  for (const [index, rule] of (state.Choices ?? []).entries()) {
    const at = `Choices[${index}]/`;
    if ((await evaluateTyped(rule.Condition, bound, `${at}Condition`, 'boolean')) === true) {
      return { output: input, next: rule.Next, assign: rule.Assign, outputField: rule.Output, at };
    }
  }
  if (state.Default === undefined) {
    const why = 'Failed to transition out of the state. The state does not point to a next state.';
    throw new StateFailure('States.Runtime', causePrefix(visit) + why);
  }
  return { output: input, next: state.Default, assign: state.Assign, outputField: state.Output };
};
