import type { Period } from '../evidence.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { AnalysisState, Answers } from '../tasks.ts';
import type { Past } from './sequential/past.ts';

/** All that a tick decides on. The same input always gives the same verdict. */
export interface JudgeInput {
  readonly spec: RolloutSpec;
  /** Percent that the canary has now. */
  readonly weight: number;
  /** The state after the last tick; absent at the first. */
  readonly analysis?: AnalysisState | null | undefined;
  /** Finished periods since `evidenceWindow(...).from`; those taken in before are left out again. */
  readonly periods: readonly Period[];
  /** ISO 8601: when the canary got its present weight. */
  readonly shiftedAt: string;
  /** ISO 8601: the machine's clock. */
  readonly now: string;
  readonly answers: Answers;
  /** Why the metrics could not be read at this tick: then nothing new is known, and no data is no finding (I2). */
  readonly unread?: string | undefined;
  /** What the primary did before the rollout; the sequential judge begins with it. */
  readonly past?: Past | undefined;
  /** The id of the question, should this tick put one. */
  readonly approval: string;
}
