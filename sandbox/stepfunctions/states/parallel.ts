import { evaluateField } from '../jsonata/evaluate.ts';
import { bindings, type Leaving, type Visit } from '../line.ts';
import { goesOn, runBranches } from './branches.ts';

/** Runs all branches with the same input; the result is the list of their outputs. One failure ends them all. */
export const runParallel = async (visit: Visit): Promise<Leaving> => {
  const { state, line } = visit;
  const input =
    state.Arguments === undefined
      ? visit.input
      : await evaluateField(state.Arguments, bindings(visit), 'Arguments');
  if (!goesOn(visit)) line.run.history.add('ParallelStateStarted', line.chain);
  const graphs = state.Branches ?? [];
  const result = await runBranches(
    visit,
    graphs.map((graph) => ({ graph, input })),
    graphs.length,
  );
  line.run.history.note('ParallelStateSucceeded', line.chain);
  return { output: result, next: state.Next, extra: { result } };
};
