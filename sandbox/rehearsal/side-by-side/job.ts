import type { LoadedScenario } from '../load-scenario.ts';
import type { ReportData } from '../report/data.ts';
import type { RehearsalResult } from '../result.ts';

/** One scenario to rehearse, and what is wanted of it beside its result. Goes to a worker process as it is. */
export interface Job {
  readonly loaded: LoadedScenario;
  /** The executions as the console's table view shows them. */
  readonly trace: boolean;
  /** What a report shows of it. */
  readonly report?: boolean;
  /** The folder to write each rollout's record to, for `stepcanary replay`. */
  readonly records?: string;
}

/** A rehearsal that came to its end. */
export interface Rehearsed {
  readonly file: string;
  readonly result: RehearsalResult;
  /** Whether it ended as the scenario asks, and what differs where not, one a line. */
  readonly asAsked: boolean;
  readonly unmet: readonly string[];
  readonly trace?: string;
  readonly report?: ReportData;
}

/** A rehearsal that did not come to its end: the sandbox or its process failed, for the reason in one line. */
export interface Broken {
  readonly file: string;
  readonly broken: string;
}

export type Told = Rehearsed | Broken;
