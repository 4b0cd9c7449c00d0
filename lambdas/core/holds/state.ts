import type { RolloutSpec } from '../spec/schema.ts';
import type { AnalysisState } from '../tasks.ts';

/** What a gate stands before: the rollout's first write, an increase to that many percent, or promotion. */
export type NextStep = number | 'rollout' | 'promotion';

/** What the holds carry from tick to tick. */
export interface HoldsState {
  /** The open gate: the question that was put, when (ISO 8601), and how many seconds it stays open. */
  readonly gate?: {
    readonly before: NextStep;
    readonly approval: string;
    readonly at: string;
    readonly timeout: number;
  };
  /** Gates that a person has opened. */
  readonly opened?: readonly NextStep[];
  /** Seconds for which gates stood open, all together, without the one that is open now. */
  readonly gateSeconds?: number;
  /** The hook whose yes is awaited: told of once. */
  readonly awaiting?: string;
  /** The hook that failed a check last, what it answered, and how many checks hooks have failed. */
  readonly failing?: { readonly name: string; readonly found: string; readonly checks: number };
}

/** Whether promotion waits for somebody's yes: a person's at a gate, a hook's, or the answer to a question at the deadline. */
export const waitsForPromotion = (
  { hooks }: Pick<RolloutSpec, 'hooks'>,
  { asked, holds }: Pick<AnalysisState, 'asked' | 'holds'>,
): boolean =>
  asked !== undefined ||
  holds?.gate?.before === 'promotion' ||
  hooks.some(({ name, type }) => type === 'confirm-promotion' && name === holds?.awaiting);

const elapsed = (since: string, now: string): number => (Date.parse(now) - Date.parse(since)) / 1000;

/** Seconds since the open gate's question was put; 0 without one. */
export const gateOpenFor = ({ holds }: Pick<AnalysisState, 'holds'>, now: string): number =>
  holds?.gate === undefined ? 0 : elapsed(holds.gate.at, now);

/** Seconds of the analysis so far: what the deadline counts. While a person is asked at a gate it stands still. */
export const analysedSeconds = (state: Pick<AnalysisState, 'startedAt' | 'holds'>, now: string): number =>
  elapsed(state.startedAt, now) - (state.holds?.gateSeconds ?? 0) - gateOpenFor(state, now);
