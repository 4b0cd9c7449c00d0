import type { Executions, TrafficRouter } from '../ports.ts';
import type { Claim } from '../record.ts';
import type { RolloutStore } from '../store.ts';
import type { Announcement, Failure } from '../tasks.ts';

/** What rescue acts through, all of it for one service. */
export interface RescuePorts {
  readonly store: RolloutStore;
  readonly executions: Executions;
  readonly router: TrafficRouter;
  /** Takes the canary's pods away; false when the cluster did not answer, for traffic does not depend on it. */
  readonly retireCanary: (claim: Claim) => Promise<boolean>;
  readonly announce: (announcement: Announcement, claim: Claim, failure: Failure) => Promise<void>;
}

/** The functions that write to a route end after 30 s: a write that was under way when the execution ended has landed by then. */
export const LATE_WRITE_MS = 30_000;
