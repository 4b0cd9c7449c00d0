/** "Not enough traffic", said with a number: how many ticks of this traffic the proof still takes. */
import { growthOptimalBet, logEvidence } from './bet.ts';
import { dispersion } from './dispersion.ts';
import { missingProof } from './non-inferiority.ts';
import { primaryRate } from './primary-rate.ts';
import type { SequentialSettings } from './settings.ts';
import type { SequentialState } from './state.ts';

export interface Remaining {
  /** The metric that takes longest. */
  readonly metric: string;
  /** Ticks at this traffic, 0 when proven, Infinity without traffic. */
  readonly ticks: number;
  readonly because: 'not enough traffic' | 'too noisy';
}

/** Not all growth is had: part of the wealth is not betted. */
const USED = 0.95;
/** Above this dispersion it is the noise that takes the time, not the traffic. */
const NOISY = 2;

/**
 * log growth of the proof per tick where the canary is as good as the primary (both at `rate`): the best of the
 * alternatives p, 0.6 p, p + d/4 and p + d/2, with n p for the bad requests.
 */
const growth = (rate: number, margin: number, canary: number, primary: number): number => {
  if (!(canary > 0) || !(primary > 0)) return 0;
  const counts = {
    canary: { requests: canary, bad: canary * rate },
    primary: { requests: primary, bad: primary * rate },
  };
  return Math.max(
    ...[0.6 * rate, rate, rate + margin / 4, rate + margin / 2].map((alternative) =>
      logEvidence(
        growthOptimalBet({ ratio: 1, slack: margin }, { canary, primary }, alternative, rate),
        margin,
        counts,
      ),
    ),
  );
};

/**
 * The metric whose proof takes longest. Computed beforehand from a fresh state as at each tick; slightly pessimistic.
 * @param share the canary's share of the traffic, 0 to 1
 */
export const remaining = (
  settings: SequentialSettings,
  state: SequentialState,
  share: number,
): Remaining | undefined => {
  const all = Object.entries(state.metrics).flatMap(([name, { proof, rate, dispersion: seen }]) => {
    const metric = settings.metrics[name];
    const final = proof.at(-1);
    if (metric === undefined || final === undefined) return [];
    const missing = missingProof(final, settings);
    const phi = dispersion(seen);
    const perTick = growth(
      primaryRate(rate),
      metric.margin,
      state.requestsPerTick * share,
      state.requestsPerTick * (1 - share),
    );
    const mixed = missing + Math.log(final.length);
    const ticks = missing <= 0 ? 0 : Math.ceil(mixed / ((USED * perTick) / phi));
    const because: Remaining['because'] = phi > NOISY ? 'too noisy' : 'not enough traffic';
    return [
      {
        metric: name,
        ticks: Number.isFinite(ticks) && ticks >= 0 ? ticks : Number.POSITIVE_INFINITY,
        because,
      },
    ];
  });
  return all.reduce<Remaining | undefined>(
    (longest, one) => (longest === undefined || one.ticks > longest.ticks ? one : longest),
    undefined,
  );
};
