/**
 * Every function of the engine, once: its file, its limits, and what it may do. `infra/engine/grants.ts` says what a
 * grant allows and which variables come with it.
 */

import { OWN_STATE_SECONDS, TICK_SECONDS } from '../lambdas/core/spec/hooks.ts';

/** What a function may do beside logging, tracing and measuring. */
export type Grant =
  /** Assume the role of a service, named in the rollout: everything on routes, clusters and metrics is done so. */
  | 'serviceRole'
  /** Read and write items of the one table. */
  | 'table'
  /** Publish to the one topic. */
  | 'topic'
  /** Start executions of the one state machine. */
  | 'startExecution'
  /** Read how executions of the one state machine stand, and which states they entered. */
  | 'readExecutions'
  /** Read services' specs from Parameter Store. */
  | 'specs'
  /** Call the function that reads a workload. */
  | 'readWorkload'
  /** Call the function that scales a canary away. */
  | 'retireCanary';

/** Who calls a function. */
export type Caller = 'stateMachine' | 'events' | 'function';

/** A function of the engine. */
export interface EngineFunction {
  /** The verb, as file, function and state machine have it. */
  readonly name: string;
  readonly caller: Caller;
  /** Talks to Kubernetes and STS, and to nothing else: these alone sit in the VPC, where there is one. */
  readonly kubernetes: boolean;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly grants: readonly Grant[];
}

/** Functions that write to a route or a workload end within this time: rescue counts on it when it looks again. */
export const WRITING_SECONDS = 30;
/** The rest only read, so nothing waits for their end; the machine's own timeout of a task is the same. */
const READING_SECONDS = 60;
/** The judge writes to the route within `WRITING_SECONDS` or not at all; then it calls the hooks of a tick. */
const JUDGING_SECONDS = WRITING_SECONDS + TICK_SECONDS;
/** As long as a function may run: hooks before the first traffic, and those of a tick. */
const HOOKS_SECONDS = OWN_STATE_SECONDS + TICK_SECONDS + WRITING_SECONDS;
/** CPU comes with memory: below this, the import of a bundle takes longer than the work (AWS Lambda, 1,769 MB a core). */
const MEMORY_MEGABYTES = 512;

type Given = Partial<EngineFunction> & Pick<EngineFunction, 'name' | 'grants'>;

const reads = (given: Given): EngineFunction => ({
  caller: 'stateMachine',
  kubernetes: false,
  timeoutSeconds: READING_SECONDS,
  memoryMegabytes: MEMORY_MEGABYTES,
  ...given,
});
const writes = (given: Given): EngineFunction => reads({ timeoutSeconds: WRITING_SECONDS, ...given });
const onCluster = (name: string): Given => ({ name, kubernetes: true, grants: ['serviceRole'] });

/** All functions: first the machine's, in the order in which a rollout meets them. */
export const FUNCTIONS: readonly EngineFunction[] = [
  writes({ name: 'claim-rollout', grants: ['table'] }),
  writes({ name: 'check-before-touching', grants: ['serviceRole', 'table'] }),
  reads(onCluster('check-workload')),
  writes({ name: 'take-route', grants: ['serviceRole', 'table'] }),
  writes(onCluster('deploy-canary')),
  writes(onCluster('match-capacity')),
  reads(onCluster('check-pods')),
  reads({ name: 'hear-people', grants: ['table'] }),
  writes({ name: 'shift-traffic', grants: ['serviceRole', 'table'] }),
  reads({ name: 'judge-canary', timeoutSeconds: JUDGING_SECONDS, grants: ['serviceRole', 'table'] }),
  writes({ name: 'record-phase', grants: ['table'] }),
  writes(onCluster('promote-primary')),
  reads({ name: 'watch-primary', grants: ['serviceRole'] }),
  writes(onCluster('retire-canary')),
  writes({ name: 'restore', grants: ['serviceRole', 'table'] }),
  writes({ name: 'finish-rollout', grants: ['table', 'startExecution'] }),
  reads({ name: 'run-hooks', timeoutSeconds: HOOKS_SECONDS, grants: ['serviceRole', 'table'] }),
  writes({ name: 'announce', grants: ['serviceRole', 'topic'] }),

  reads({
    name: 'start-rollout',
    caller: 'events',
    grants: ['serviceRole', 'table', 'specs', 'startExecution', 'readWorkload'],
  }),
  reads({ ...onCluster('read-workload'), caller: 'function' }),
  writes({
    name: 'rescue',
    caller: 'events',
    grants: ['serviceRole', 'table', 'topic', 'startExecution', 'readExecutions', 'retireCanary'],
  }),
  writes({
    name: 'watchdog',
    caller: 'events',
    grants: ['serviceRole', 'table', 'topic', 'startExecution', 'readExecutions', 'retireCanary'],
  }),
  reads({
    name: 'command-rollout',
    caller: 'function',
    grants: ['serviceRole', 'table', 'specs', 'retireCanary'],
  }),
];

/** Where a function's handler stands, from the repository's root. */
export const fileOf = (engineFunction: EngineFunction): string =>
  `lambdas/${engineFunction.caller === 'stateMachine' ? '' : 'events/'}${engineFunction.name}.ts`;

/** The functions that states of the machine call. */
export const STATE_FUNCTIONS = FUNCTIONS.filter(({ caller }) => caller === 'stateMachine');
