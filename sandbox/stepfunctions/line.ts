import type { Clock } from '../clock.ts';
import type { State, StateGraph } from './definition.ts';
import type { Chain, History } from './history.ts';
import { awsFunctions } from './jsonata/functions.ts';
import type { Nested } from './nested.ts';
import type { Place } from './place.ts';
import type { Scope } from './scope.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What a Task asks of the world outside the state machine. */
export interface TaskCall {
  /** The Task's `Resource`: `arn:aws:states:::lambda:invoke`, `arn:aws:states:::aws-sdk:eks:describeCluster`, a function's ARN. */
  readonly resource: string;
  /** The evaluated `Arguments`; the state's input where the state has none. */
  readonly arguments: unknown;
  readonly executionArn: string;
  readonly stateName: string;
  /** The role that the call is made with: the state's `Credentials`, else the state machine's role. */
  readonly roleArn: string;
  /** Aborted when nobody waits for the answer any more: timed out, stopped, a sibling branch failed. */
  readonly signal: AbortSignal;
  /** Set for `.waitForTaskToken`. */
  readonly taskToken?: string;
}

/**
 * Runs one Task: resolves to its result, or throws a TaskFailure with the error's name and cause. The result of
 * `lambda:invoke` is `{ ExecutedVersion, Payload, StatusCode }`.
 *
 * Virtual time stands still only for what this function passes to `Clock.track` itself. The engine never tracks the
 * returned promise, so that a call parked by a hang lets time pass and the Task's own TimeoutSeconds can end it.
 */
export type RunTask = (call: TaskCall) => Promise<unknown>;

/** What all executions of an engine share. */
export interface Services {
  readonly clock: Clock;
  readonly random: () => number;
  readonly region: string;
  readonly runTask: RunTask;
  readonly tokens: TaskTokens;
  readonly nested: Nested;
}

/** One execution, as its states see it. */
export interface Run extends Services {
  readonly arn: string;
  readonly roleArn: string;
  readonly history: History;
  /** `$states.context` without the parts that the state adds. */
  readonly context: () => Record<string, unknown>;
}

/** States running one after another: the machine itself, a branch of a Parallel, an iteration of a Map. */
export interface Line {
  readonly run: Run;
  readonly graph: StateGraph;
  readonly place: Place;
  readonly scope: Scope;
  readonly chain: Chain;
  /** Aborted, with a Cancelled as reason, when the line must end. */
  readonly signal: AbortSignal;
  /** `$states.context.Map` inside an iteration. */
  readonly map?: unknown;
}

/** One state being run. */
export interface Visit {
  readonly line: Line;
  readonly name: string;
  readonly state: State;
  readonly input: unknown;
  /** Id of its `…StateEntered` event. */
  readonly enteredId: number;
  /** ISO 8601. */
  readonly enteredTime: string;
  /** Where the chain stood before the state was entered. */
  readonly before: number;
  /** Whether a redrive goes on in this state: what it had begun is not begun again. */
  resumed: boolean;
  retries: number;
  token: string | undefined;
}

/** How a state is left when all went well. */
export interface Leaving {
  /** The state's output where it has no Output. */
  readonly output: unknown;
  readonly next: string | undefined;
  /** What Assign and Output may read beside input and context. */
  readonly extra?: { readonly result?: unknown; readonly errorOutput?: unknown };
  readonly assign?: Readonly<Record<string, unknown>> | undefined;
  readonly outputField?: unknown;
  /** Where Assign and Output stand in the state: empty, or `Choices[0]/`. */
  readonly at?: string;
}

/** The variables and functions that an expression of this state can use. */
export const bindings = (visit: Visit, extra: Leaving['extra'] = {}): Record<string, unknown> => {
  const { line, name, state, enteredTime, retries, token } = visit;
  const counted = state.Type === 'Task' || state.Type === 'Parallel' || state.Type === 'Map';
  const context = {
    ...line.run.context(),
    State: { Name: name, EnteredTime: enteredTime, ...(counted ? { RetryCount: retries } : {}) },
    ...(token === undefined ? {} : { Task: { Token: token } }),
    ...(line.map === undefined ? {} : { Map: line.map }),
  };
  const { clock, random } = line.run;
  return {
    ...line.scope.all(),
    ...awsFunctions({ now: () => clock.now(), random }),
    states: { input: visit.input, context, ...extra },
  };
};
