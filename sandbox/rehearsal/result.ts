import type { Configs } from '../bootstrap/configs.ts';
import type { ScenarioOutcome } from './scenario.ts';

/** Something that happened, seconds after 0 s; the phase after it. */
export interface TimedEvent {
  readonly at: number;
  readonly phase: string;
  readonly text: string;
}

/** One rollout of a rehearsal. Times are whole seconds since 0 s of the scenario. */
export interface RehearsedRollout {
  readonly service: string;
  readonly version: string;
  /** The execution's name; null when nothing was started. */
  readonly execution: string | null;
  readonly outcome: ScenarioOutcome;
  /** How the execution failed, as the state machine names it. */
  readonly error: string | null;
  readonly reason: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** [seconds, percent of the canary] at the start and at each change that the router saw. */
  readonly weights: readonly (readonly [number, number])[];
  readonly events: readonly TimedEvent[];
  readonly canaryRequests: number;
  readonly canaryFailures: number;
  /** As billed. */
  readonly stateTransitions: number;
  readonly historyEvents: number;
  readonly lambdaInvocations: number;
  /** Attempts by this rollout's functions, by `service.Operation`. */
  readonly apiCalls: Readonly<Record<string, number>>;
}

/** What was told to people. */
export interface RehearsedAlert {
  readonly at: number;
  readonly severity: string;
  readonly title: string;
  readonly text: string;
}

/** How a service stands at the end. */
export interface FinalState {
  readonly primaryVersion: string;
  readonly canaryReplicas: number;
  readonly weights: { readonly primary: number; readonly canary: number };
  readonly locked: boolean;
  /** With `config:` in the scenario: what the primary's pods have read, by the names of the objects themselves. */
  readonly primaryReads?: Configs;
}

/** What a rehearsal returns: the same file and seed give the same bytes, except `wallSeconds`. */
export interface RehearsalResult {
  readonly name: string;
  readonly seed: number | string;
  /** As clients saw them, after the route's retries. */
  readonly requests: number;
  readonly failedRequests: number;
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
  /** Outside any rollout: setting up, rescue after the end. */
  readonly events: readonly TimedEvent[];
  readonly rollouts: readonly RehearsedRollout[];
  readonly alerts: readonly RehearsedAlert[];
  readonly final: FinalState;
}
