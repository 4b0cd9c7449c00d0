import type { Stage } from '../holds/ready.ts';
import type { Outcome, Rollout } from '../rollout.ts';
import type { AnalysisState, Decision, Told } from '../tasks.ts';
import type { UntoldEvents } from './tell-events.ts';

/** What was heard before the canary had traffic: where it stands, and the state that goes on from look to look. */
export interface Held {
  readonly stage: Stage;
  readonly state: AnalysisState;
}

/** What `Ask to begin`, `Run pre-rollout hooks` and `Run post-rollout hooks` send. */
export interface RunHooksTask {
  readonly rollout: Rollout;
  readonly generation: number;
  /** ISO 8601: when the state was entered. */
  readonly now: string;
  readonly stage: Stage | 'end';
  /** Null at the first look. */
  readonly held?: Held | null;
  /** What hooks of type `event` have not heard yet. */
  readonly untold?: readonly UntoldEvents[];
  /** How it ended, at the end. */
  readonly outcome?: Outcome;
}
export interface RunHooksResult extends Told {
  /** `advance` when nothing stands in the way. */
  readonly decision: Decision;
  readonly reason: string;
  readonly waitSeconds: number;
  /** Null where nothing was ever held. */
  readonly held: Held | null;
  /** Whether the spec has hooks to call at the end. */
  readonly hooksAfter: boolean;
}
