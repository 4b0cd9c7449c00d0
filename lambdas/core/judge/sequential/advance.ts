/** How the weight rises: on schedule while nothing speaks against the canary, or as fast as proof allows. */
import type { SequentialSettings } from './settings.ts';
import type { Finding } from './step.ts';

/** `guarded` follows the steps and promotes with proof only; `fast` jumps to what is proven. */
export type AdvanceMode = 'guarded' | 'fast';

/** A jump is to at most this many times the present weight, or to the following step. */
const MOST_JUMP = 4;
const LEAST_TICKS = 4;
const LEAST_TICKS_AT_TOP = 2;

export interface Progress {
  readonly mode: AdvanceMode;
  /** Percent. */
  readonly weight: number;
  /** The spec's weights, rising, in percent. */
  readonly steps: readonly number[];
  /** Ticks taken in since the start, and those of them at the present weight. */
  readonly ticks: number;
  readonly ticksAtWeight: number;
}

/** The step to go to, `promote`, or undefined to stay. Without a tick at the present weight nothing rises. */
export const nextStep = (
  settings: Pick<SequentialSettings, 'levels'>,
  found: Finding,
  progress: Progress,
): number | 'promote' | undefined => {
  const { mode, weight, steps, ticks, ticksAtWeight } = progress;
  if (found.hold || found.rollBack || ticksAtWeight < 1) return undefined;
  const following = steps.find((step) => step > weight);
  if (mode === 'guarded') return following ?? (found.promotable ? 'promote' : undefined);
  if (following === undefined) {
    const seen = ticks >= LEAST_TICKS && ticksAtWeight >= LEAST_TICKS_AT_TOP;
    return found.promotable && seen ? 'promote' : undefined;
  }
  const proven = settings.levels.filter((_, index) => found.levels[index] === true);
  const most = Math.max(0, ...proven) * 100 + 1e-9;
  // A strategy of few steps has none within a jump's reach; then the following one is the smallest there is.
  const reach = Math.max(MOST_JUMP * weight, following);
  return steps.findLast((step) => step > weight && step <= Math.min(most, reach));
};
