import type { State } from './definition.ts';
import { Cancelled, matches, StateFailure } from './failure.ts';
import { whole } from './history.ts';
import { evaluateField } from './jsonata/evaluate.ts';
import { payloadText } from './limits.ts';
import { bindings, type Leaving, type Line, type Visit } from './line.ts';
import { recordFailure } from './record-failure.ts';
import { nextRetry, type RetryCounts } from './retry.ts';
import { runChoice } from './states/choice.ts';
import { runFail } from './states/fail.ts';
import { runMap } from './states/map.ts';
import { runParallel } from './states/parallel.ts';
import { runTaskState } from './states/task.ts';
import { runWait } from './states/wait.ts';

const pass = async ({ input, state }: Visit): Promise<Leaving> => ({ output: input, next: state.Next });

const stateTypes: Readonly<Record<State['Type'], (visit: Visit) => Promise<Leaving>>> = {
  Pass: pass,
  Succeed: pass,
  Choice: runChoice,
  Wait: runWait,
  Fail: runFail,
  Task: runTaskState,
  Map: runMap,
  Parallel: runParallel,
};

interface Left {
  readonly output: unknown;
  readonly next: string | undefined;
}

/** Evaluates Assign and Output against the variables as they were, then writes both. */
const leave = async (visit: Visit, leaving: Leaving): Promise<Left> => {
  const { line, name } = visit;
  const { assign, outputField, at = '', extra } = leaving;
  const bound = bindings(visit, extra);
  const assigned =
    assign === undefined
      ? {}
      : ((await evaluateField(assign, bound, `${at}Assign`)) as Record<string, unknown>);
  const output =
    outputField === undefined ? leaving.output : await evaluateField(outputField, bound, `${at}Output`);
  payloadText(assigned, name);
  const text = payloadText(output, name);
  const written = Object.entries(assigned).map(([key, value]) => [key, JSON.stringify(value)]);
  line.run.history.add(`${visit.state.Type as 'Pass'}StateExited`, line.chain, {
    stateExitedEventDetails: {
      name,
      output: text,
      outputDetails: whole,
      ...(written.length === 0
        ? {}
        : { assignedVariables: Object.fromEntries(written), assignedVariablesDetails: whole }),
    },
  });
  line.scope.assign(assigned);
  return { output, next: leaving.next };
};

const attempt = async (visit: Visit): Promise<Left> => {
  visit.line.signal.throwIfAborted();
  const { state } = visit;
  const leaving = await stateTypes[state.Type](visit);
  if (state.Type === 'Choice') return leave(visit, leaving);
  return leave(visit, { ...leaving, assign: state.Assign, outputField: state.Output });
};

/** Goes to the first Catch rule for the failure; fails as before when there is none. */
const caught = async (visit: Visit, failure: StateFailure): Promise<Left> => {
  const rules = visit.state.Catch ?? [];
  const index = rules.findIndex((rule) => matches(rule.ErrorEquals, failure));
  const rule = rules[index];
  if (rule === undefined) throw failure;
  const errorOutput = { Error: failure.error ?? '', Cause: failure.reason ?? '' };
  return leave(visit, {
    output: errorOutput,
    next: rule.Next,
    extra: { errorOutput },
    assign: rule.Assign,
    outputField: rule.Output,
    at: `Catch[${index}]/`,
  });
};

const noteFailed = ({ state, line }: Visit, failure: StateFailure) => {
  if (failure.error === 'States.Runtime') return;
  if (state.Type === 'Map') line.run.history.add('MapStateFailed', line.chain);
  if (state.Type === 'Parallel') line.run.history.add('ParallelStateFailed', line.chain);
};

const recover = async (visit: Visit, failure: StateFailure): Promise<Left> => {
  const { line } = visit;
  const before = line.chain.previous;
  noteFailed(visit, failure);
  try {
    return await caught(visit, failure);
  } catch (thrown) {
    if (thrown === failure || thrown instanceof Cancelled) throw thrown;
    // AWS records a Catch that can't be evaluated from where the state stood before it failed.
    line.chain.previous = before;
    const second = recordFailure(visit, thrown);
    noteFailed(visit, second);
    throw second;
  }
};

const abortedTypes = ['Task', 'Wait', 'Map', 'Parallel'];

/** In a branch, AWS records the states that its end cut short. The chain passes them by. */
const noteAborted = ({ state, line }: Visit) => {
  if (!line.place.inBranch || !abortedTypes.includes(state.Type)) return;
  line.run.history.note(`${state.Type as 'Task'}StateAborted`, line.chain);
};

const runVisit = async (visit: Visit): Promise<Left> => {
  const { line, state } = visit;
  const counts: RetryCounts = new Map();
  try {
    for (;;) {
      try {
        return await attempt(visit);
      } catch (thrown) {
        if (thrown instanceof Cancelled) throw thrown;
        const failure = recordFailure(visit, thrown);
        const delay = nextRetry(state.Retry ?? [], counts, failure, line.run.random);
        if (delay === undefined) return await recover(visit, failure);
        await line.run.clock.sleep(delay, line.signal);
        visit.retries++;
        visit.resumed = false;
      }
    }
  } catch (thrown) {
    const failedTask =
      thrown instanceof StateFailure &&
      state.Type === 'Task' &&
      !/^States\.(Runtime|Query)/.test(`${thrown.error}`);
    if (failedTask || thrown instanceof Cancelled) noteAborted(visit);
    throw thrown;
  }
};

const enter = (line: Line, name: string, input: unknown, entered: number | undefined): Visit => {
  const state = line.graph.States[name];
  if (state === undefined) throw new StateFailure('States.Runtime', `There is no state '${name}'.`);
  const before = line.chain.previous;
  const enteredId =
    entered ??
    line.run.history.add(`${state.Type as 'Pass'}StateEntered`, line.chain, {
      stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: whole },
    });
  if (entered === undefined) line.place.enter({ state: name, input, enteredId });
  const enteredTime = new Date(line.run.clock.now()).toISOString();
  const resumed = entered !== undefined;
  return { line, name, state, input, enteredId, enteredTime, before, resumed, retries: 0, token: undefined };
};

/**
 * Runs a line of states to its end and returns the last output. A line whose place is in a state goes on in it.
 * @throws StateFailure that nothing caught, or Cancelled
 */
export const runLine = async (line: Line, input: unknown): Promise<unknown> => {
  const { entered, ended } = line.place;
  if (ended !== undefined) return ended.output;
  let name: string | undefined = entered?.state ?? line.graph.StartAt;
  let data = entered === undefined ? input : entered.input;
  let enteredId = entered?.enteredId;
  while (name !== undefined) {
    line.signal.throwIfAborted();
    const left: Left = await runVisit(enter(line, name, data, enteredId));
    enteredId = undefined;
    data = left.output;
    name = left.next;
  }
  line.place.ended = { output: data };
  return data;
};
