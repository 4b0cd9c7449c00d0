import type { Latency, Usual } from '../../lambdas/core/forecast/traffic.ts';
import { parseDuration } from '../../lambdas/core/spec/duration.ts';
import type { PlanCommandOptions } from '../commands/plan.ts';
import { BadInput } from '../exit.ts';

/** What the command line means. */
export interface PlanOptions {
  readonly usual: Usual;
  readonly latency: Latency;
  /** Seconds of the service's own past to read; absent where the traffic is given. */
  readonly past?: number;
  readonly judge?: 'sequential' | 'threshold';
  /** Failed checks that the threshold judge allows a spec that says nothing of them: Flagger's examples have 5. */
  readonly threshold: number;
  readonly draws?: number;
}

const DEFAULTS = { baseError: '0.1%', latency: '50ms/0.6' } as const;
const THRESHOLD = 5;
/** CloudWatch keeps 1-minute data for 15 days. */
const LONGEST_PAST = 15 * 86_400;
const SHORTEST_PAST = 2 * 3600;
const MOST_DRAWS = 10_000;
const MOST_RPS = 1e6;

const number = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/** `0.1%` or `0.001` as 0.001. */
const shareOf = (text: string): number =>
  text.endsWith('%') ? number(text.slice(0, -1).trim()) / 100 : number(text);

/** `50ms/0.6`: the median and the standard deviation of the logarithm. */
const latencyOf = (text: string): Latency => {
  const [, median = '', sigma = ''] = /^([\d.]+)ms\/([\d.]+)$/.exec(text) ?? [];
  return { medianMs: number(median), sigma: number(sigma) };
};

/** All problems at once. Throws BadInput. */
export const readOptions = (written: PlanCommandOptions): PlanOptions => {
  const problems: string[] = [];
  const must = (fine: boolean, line: string): void => {
    if (!fine) problems.push(line);
  };
  const { baseError = DEFAULTS.baseError, latency: spread = DEFAULTS.latency, fromMetrics, judge } = written;
  must(
    written.rps !== undefined || fromMetrics !== undefined,
    '--rps: is missing: requests a second that the service gets, such as --rps 20; or --from-metrics 7d',
  );
  must(
    written.rps === undefined || fromMetrics === undefined,
    '--rps: must not stand beside --from-metrics, which reads the traffic; leave one of them out',
  );
  const rps = number(written.rps ?? '1');
  must(
    rps > 0 && rps <= MOST_RPS,
    `--rps: must be a number above 0 and up to a million, got "${written.rps}"`,
  );
  const errors = shareOf(baseError);
  must(
    errors >= 0 && errors < 1,
    `--base-error: must be a share below 100 %, such as 0.1%, got "${baseError}"`,
  );
  const latency = latencyOf(spread);
  must(
    latency.medianMs > 0 && latency.sigma > 0 && latency.sigma < 5,
    `--latency: must be a median and a spread, such as 50ms/0.6, got "${spread}"`,
  );
  const past = fromMetrics === undefined ? undefined : parseDuration(fromMetrics);
  must(
    fromMetrics === undefined || (past !== undefined && past >= SHORTEST_PAST && past <= LONGEST_PAST),
    `--from-metrics: must be a span of 2h to 15d, such as 7d, got "${fromMetrics}"`,
  );
  must(
    judge === undefined || judge === 'sequential' || judge === 'threshold',
    `--judge: must be sequential or threshold, got "${judge}"`,
  );
  const draws = written.draws === undefined ? undefined : number(written.draws);
  must(
    draws === undefined || (Number.isInteger(draws) && draws >= 10 && draws <= MOST_DRAWS),
    `--draws: must be a whole number of 10 to ${MOST_DRAWS}, got "${written.draws}"`,
  );
  if (problems.length > 0) throw new BadInput(problems);
  return {
    usual: { rps, errors },
    latency,
    threshold: THRESHOLD,
    ...(past !== undefined && { past }),
    ...((judge === 'sequential' || judge === 'threshold') && { judge }),
    ...(draws !== undefined && { draws }),
  };
};
