import type { StateGraph } from '../definition.ts';
import { EvaluationFailure, StateFailure } from '../failure.ts';
import type { Chain } from '../history.ts';
import { evaluateField, evaluateTyped } from '../jsonata/evaluate.ts';
import { bindings, type Leaving, type Visit } from '../line.ts';
import { type Branch, goesOn, runBranches } from './branches.ts';

/** Iterations that an inline Map runs at once when MaxConcurrency is 0 or missing (Step Functions quotas). */
const mostConcurrent = 40;

const itemsOf = async (visit: Visit): Promise<readonly unknown[]> => {
  const { state, line, input, before } = visit;
  const items =
    state.Items === undefined ? input : await evaluateField(state.Items, bindings(visit), 'Items');
  if (Array.isArray(items)) return items;
  // AWS records this one from before the state was entered.
  line.chain.previous = before;
  throw new EvaluationFailure(`Map state input must be an array but was: ${JSON.stringify(items)}`);
};

const wholeNumber = async (visit: Visit, field: 'MaxConcurrency' | 'ToleratedFailureCount') => {
  const given = visit.state[field];
  return given === undefined ? 0 : ((await evaluateTyped(given, bindings(visit), field, 'number')) as number);
};

const toleratedShare = async (visit: Visit) => {
  const given = visit.state.ToleratedFailurePercentage;
  if (given === undefined) return 0;
  return (await evaluateTyped(given, bindings(visit), 'ToleratedFailurePercentage', 'number')) as number;
};

const iteration = (visit: Visit, graph: StateGraph, index: number, input: unknown, map: unknown): Branch => {
  const { history } = visit.line.run;
  const details = { name: visit.name, index };
  return {
    graph,
    input,
    map,
    begins: (chain: Chain) =>
      history.add('MapIterationStarted', chain, { mapIterationStartedEventDetails: details }),
    succeeds: (chain: Chain) =>
      history.add('MapIterationSucceeded', chain, { mapIterationSucceededEventDetails: details }),
    fails: (chain: Chain) =>
      history.note('MapIterationFailed', chain, { mapIterationFailedEventDetails: details }),
    aborts: (chain: Chain) =>
      history.note('MapIterationAborted', chain, { mapIterationAbortedEventDetails: details }),
  };
};

/** An inline Map: its states once for each item, the result is the list of outputs in the items' order. */
export const runMap = async (visit: Visit): Promise<Leaving> => {
  const { state, line } = visit;
  const graph = state.ItemProcessor;
  if (graph === undefined) throw new StateFailure('States.Runtime', 'The Map state has no ItemProcessor.');
  const items = await itemsOf(visit);
  const concurrency = (await wholeNumber(visit, 'MaxConcurrency')) || mostConcurrent;
  const tolerated = await wholeNumber(visit, 'ToleratedFailureCount');
  const share = await toleratedShare(visit);
  const branches: Branch[] = [];
  for (const [index, value] of items.entries()) {
    const map = { Item: { Index: index, Value: value } };
    const bound = bindings({ ...visit, line: { ...line, map } });
    const input =
      state.ItemSelector === undefined
        ? value
        : await evaluateField(state.ItemSelector, bound, 'ItemSelector');
    branches.push(iteration(visit, graph, index, input, map));
  }
  if (!goesOn(visit)) {
    line.run.history.add('MapStateStarted', line.chain, {
      mapStateStartedEventDetails: { length: items.length },
    });
  }
  const tolerates = (failures: number) =>
    failures <= tolerated || (failures * 100) / Math.max(1, items.length) <= share;
  const result = await runBranches(visit, branches, concurrency, tolerates);
  line.run.history.note('MapStateSucceeded', line.chain);
  return { output: result, next: state.Next, extra: { result } };
};
