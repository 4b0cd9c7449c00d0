/** "Not enough traffic", said with a number: how many ticks of this traffic the proof still takes. */
import { growthOptimalBet, logEvidence } from './bet.ts';
import { dispersion, UNKNOWN_DISPERSION } from './dispersion.ts';
import { belowLimit, missingProof, type ProofState } from './non-inferiority.ts';
import { primaryRate } from './primary-rate.ts';
import type { SequentialSettings } from './settings.ts';
import type { KeptState, SequentialState } from './state.ts';

export interface Remaining {
  /** The metric that takes longest; a limit as `slo:NAME`. */
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

/** Ticks until a proof is there, and why it is not. */
const timeOf = (
  metric: string,
  proof: ProofState,
  missing: number,
  perTick: number,
  phi: number,
): Remaining => {
  const mixed = missing + Math.log(proof.length);
  const ticks = missing <= 0 ? 0 : Math.ceil(mixed / ((USED * perTick) / phi));
  return {
    metric,
    ticks: Number.isFinite(ticks) && ticks >= 0 ? ticks : Number.POSITIVE_INFINITY,
    because: phi > NOISY ? 'too noisy' : 'not enough traffic',
  };
};

const compared = (settings: SequentialSettings, state: SequentialState, share: number): Remaining[] =>
  Object.entries(state.metrics).flatMap(([name, { proof, rate, dispersion: seen }]) => {
    const metric = settings.metrics[name];
    const final = proof.at(-1);
    if (metric === undefined || final === undefined) return [];
    const perTick = growth(
      primaryRate(rate),
      metric.margin,
      state.requestsPerTick * share,
      state.requestsPerTick * (1 - share),
    );
    return [timeOf(name, final, missingProof(final, settings), perTick, dispersion(seen))];
  });

/** log growth of the proof that a limit is kept, per canary request, where its rate of bad ones is `rate`. */
const keptGrowth = (rate: number, limit: number): number =>
  Math.max(
    ...belowLimit(limit).map((alternative) => {
      const factor = alternative / limit;
      return rate * Math.log(factor) - limit * (factor - 1);
    }),
  );

/** Canary requests in a tick: as seen so far, or before there were any, the share of all. */
const canaryPerTick = (
  { requests, ticks }: KeptState,
  { requestsPerTick }: SequentialState,
  share: number,
) => (requests > 0 ? requests / ticks : requestsPerTick * share);

/** A limit's proof is estimated with the primary's rate of what is beyond it, where that is known, and none otherwise. */
const kept = (settings: SequentialSettings, state: SequentialState, share: number): Remaining[] =>
  Object.entries(state.kept ?? {}).flatMap(([name, one]) => {
    const limit = settings.limits[name];
    if (limit === undefined) return [];
    const parent = state.metrics[limit.of];
    const known = parent !== undefined && settings.metrics[limit.of]?.kind === 'errors';
    const rate = known ? primaryRate(parent.rate) : 0;
    const phi = parent === undefined ? UNKNOWN_DISPERSION : dispersion(parent.dispersion);
    const perTick = canaryPerTick(one, state, share) * keptGrowth(rate, limit.limit);
    return [timeOf(`slo:${name}`, one.proof, missingProof(one.proof, settings), perTick, phi)];
  });

/**
 * The metric whose proof takes longest. Computed beforehand from a fresh state as at each tick; slightly pessimistic.
 * @param share the canary's share of the traffic, 0 to 1
 */
export const remaining = (
  settings: SequentialSettings,
  state: SequentialState,
  share: number,
): Remaining | undefined =>
  (settings.decides === 'limits' ? kept : compared)(settings, state, share).reduce<Remaining | undefined>(
    (longest, one) => (longest === undefined || one.ticks > longest.ticks ? one : longest),
    undefined,
  );
