/** The peers' rules on the same ticks, from their sources and documentation (docs/judge.md has the references). */
import { p99, type Side, SLO_MS, slowerThan, T, type Tick, TUNED_MAX } from './traffic.ts';

export type Move = 'up' | 'stay' | 'promote' | 'rollBack';
/** A rule that is told each tick once. `top` says that the canary has its highest weight. */
export type Rule = (tick: Tick, top: boolean) => Move;

const rise = (top: boolean): Move => (top ? 'promote' : 'up');

/** Flagger: the canary alone against fixed limits, failed checks in total, the rollback one interval after the last. */
export const flagger = (threshold: number, most: number, maxMs: number) => (): Rule => {
  let failed = 0;
  return ({ canary }, top) => {
    if (failed >= threshold) return 'rollBack';
    const passes = canary.requests > 0 && canary.failed <= most * canary.requests && p99(canary) <= maxMs;
    if (passes) return rise(top);
    failed += 1;
    return 'stay';
  };
};

/** A limit that knows the base rate: three times it, or half a point more. */
export const tunedFlagger = (base: number) => flagger(5, Math.max(3 * base, base + 0.005), TUNED_MAX);
export const defaultFlagger = (threshold: number) => flagger(threshold, 0.01, SLO_MS);

const Z_99 = 2.326347874;
const EFFECT = 0.25;

/** Kayenta's Mann-Whitney classifier: high where the 98 % interval of the shift lies above a quarter of its estimate. */
export const isHigh = (canary: readonly number[], primary: readonly number[]): boolean => {
  const differences = canary.flatMap((a) => primary.map((b) => a - b)).sort((a, b) => a - b);
  const [n, m] = [canary.length, primary.length];
  const all = [...canary, ...primary];
  const ties = new Map<number, number>();
  for (const value of all) ties.set(value, (ties.get(value) ?? 0) + 1);
  const tied = [...ties.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
  const sigma = Math.sqrt(((n * m) / 12) * (n + m + 1 - tied / ((n + m) * (n + m - 1))));
  const place = Math.floor((n * m) / 2 - 0.5 - Z_99 * sigma);
  const lower = differences[place];
  const estimate = differences[Math.floor(differences.length / 2)] ?? 0;
  if (place < 0 || lower === undefined || sigma === 0) return false;
  return lower > EFFECT * Math.abs(estimate);
};

const JUDGE_EVERY = 5;

/** Both metrics critical, judged every 5 ticks over all ticks so far, on the same ramp. */
export const kayenta = (): Rule => {
  const seen: Tick[] = [];
  const share = (side: Side) => side.failed / Math.max(1, side.requests);
  return (tick, top) => {
    if (tick.canary.requests > 0 && tick.primary.requests > 0) seen.push(tick);
    if (seen.length > 0 && seen.length % JUDGE_EVERY === 0)
      for (const value of [share, p99])
        if (
          isHigh(
            seen.map(({ canary }) => value(canary)),
            seen.map(({ primary }) => value(primary)),
          )
        )
          return 'rollBack';
    return rise(top);
  };
};

/** Pooled two-proportion z-tests at 1 % on all counts so far, looked at every tick. */
export const zTest = (): Rule => {
  const sums = { nc: 0, np: 0, errors: [0, 0], slow: [0, 0] };
  const significant = ([c = 0, p = 0]: readonly number[]): boolean => {
    const pooled = (c + p) / (sums.nc + sums.np);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / sums.nc + 1 / sums.np));
    return deviation > 0 && (c / sums.nc - p / sums.np) / deviation > Z_99;
  };
  return ({ canary, primary }, top) => {
    sums.nc += canary.requests;
    sums.np += primary.requests;
    sums.errors = [(sums.errors[0] ?? 0) + canary.failed, (sums.errors[1] ?? 0) + primary.failed];
    sums.slow = [
      (sums.slow[0] ?? 0) + slowerThan(canary, T.l99),
      (sums.slow[1] ?? 0) + slowerThan(primary, T.l99),
    ];
    if (sums.nc > 0 && sums.np > 0 && (significant(sums.errors) || significant(sums.slow))) return 'rollBack';
    return rise(top);
  };
};
