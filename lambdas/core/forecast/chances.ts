/** How rollouts of a spec end, over many draws. */
import type { RolloutSpec } from '../spec/schema.ts';
import { judgingOf } from './judging.ts';
import { type Judging, type Played, play } from './play.ts';
import { HEALTHY, type Regression, type Traffic } from './traffic.ts';

/** Shares of 0 to 1, that sum to 1, and what the rollouts took. */
export interface Chances {
  readonly regression: Regression;
  readonly promoted: number;
  readonly rolledBack: number;
  readonly inconclusive: number;
  /** Seconds until half, and nine in ten, of the rollouts that ended as they should had ended; absent where none did. */
  readonly half?: number;
  readonly nineInTen?: number;
  /** Mean over all of them until the decision: requests that failed because of the regression, and canary requests. */
  readonly failed: number;
  readonly canaryRequests: number;
}

const isHealthy = ({ errors, latency }: Regression): boolean =>
  errors === HEALTHY.errors && latency === HEALTHY.latency;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** The value that a share of all rollouts is at or below: later ones, and those that ended otherwise, count as never. */
const until = (ends: readonly number[], rollouts: number, share: number): number | undefined =>
  [...ends].sort((a, b) => a - b)[Math.ceil(rollouts * share) - 1];

/** Sums up. A healthy release should be promoted, another one rolled back. */
export const summarise = (regression: Regression, played: readonly Played[]): Chances => {
  const share = (outcome: Played['outcome']) =>
    played.filter((one) => one.outcome === outcome).length / Math.max(1, played.length);
  const right = isHealthy(regression) ? 'promoted' : 'rolledBack';
  const ends = played.filter(({ outcome }) => outcome === right).map(({ seconds }) => seconds);
  const half = until(ends, played.length, 0.5);
  const nineInTen = until(ends, played.length, 0.9);
  return {
    regression,
    promoted: share('promoted'),
    rolledBack: share('rolledBack'),
    inconclusive: share('inconclusive'),
    ...(half !== undefined && { half }),
    ...(nineInTen !== undefined && { nineInTen }),
    failed: mean(played.map(({ failed }) => failed)),
    canaryRequests: mean(played.map(({ canaryRequests }) => canaryRequests)),
  };
};

/** The traffic that a draw meets: the same for all, or another piece of a service's past for each. */
export type TrafficOf = (draw: number) => Traffic;

/** A spec's rollouts in some traffic, each with the past that its judge is told: drawn once, for every regression. */
export interface Rollouts {
  readonly spec: RolloutSpec;
  readonly traffic: TrafficOf;
  readonly of: (draw: number) => { readonly met: Traffic; readonly judging: Judging };
}

export const rolloutsOf = (spec: RolloutSpec, traffic: TrafficOf): Rollouts => {
  const drawn = new Map<number, ReturnType<Rollouts['of']>>();
  return {
    spec,
    traffic,
    of: (draw) => {
      const met = traffic(draw);
      const found = drawn.get(draw) ?? { met, judging: judgingOf(spec, met, draw) };
      drawn.set(draw, found);
      return found;
    },
  };
};

/** Plays `draws` rollouts. Seeds are the draws' numbers, so a regression more or less meets the same traffic. */
export const chances = (rollouts: Rollouts, regression: Regression, draws: number): Chances =>
  summarise(
    regression,
    Array.from({ length: draws }, (_, seed) => {
      const { met, judging } = rollouts.of(seed);
      return play(rollouts.spec, met, regression, judging, seed);
    }),
  );
