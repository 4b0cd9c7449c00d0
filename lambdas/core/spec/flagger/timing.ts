import { MAX_TICKS } from '../../plan.ts';
import { formatDuration } from '../duration.ts';
import type { Findings } from './findings.ts';
import { goSeconds } from './go-duration.ts';

/** Periods that a source can have (seconds), the longest first: see `analysis.source.cloudWatch.period`. */
const PERIODS = [300, 240, 180, 120, 60, 30, 10] as const;
/** Flagger's default, and what it makes of less (fluxcd/flagger 1.44, GetAnalysisInterval). */
const DEFAULT_SECONDS = 60;
const LEAST_SECONDS = 10;
const MOST_SECONDS = 3600;
const LEAST_DEADLINE = 3600;
const MOST_DEADLINE = 86_400;

/** Seconds between ticks. */
export const intervalOf = (written: string | undefined, path: string, findings: Findings): number => {
  if (written === undefined) return DEFAULT_SECONDS;
  const seconds = goSeconds(written);
  if (seconds === undefined) {
    findings.problem(path, 'must be a duration', written, 'such as 1m (Flagger takes 60s without a word)');
    return DEFAULT_SECONDS;
  }
  if (seconds < LEAST_SECONDS) {
    findings.note(path, `${written} is below ten seconds, and becomes 10s, as Flagger does`);
    return LEAST_SECONDS;
  }
  if (!Number.isInteger(seconds) || seconds > MOST_SECONDS) {
    findings.problem(path, 'must be whole seconds up to 1h', written, 'such as 1m');
    return DEFAULT_SECONDS;
  }
  return seconds;
};

/** Seconds of one period of a source that publishes so often (seconds): one check per tick, as in Flagger, wherever a source can have such a period. */
export const periodOf = (interval: number, published: number, path: string, findings: Findings): number => {
  const period = Math.max(published, PERIODS.find((each) => interval % each === 0) ?? LEAST_SECONDS);
  const checks = interval / period;
  if (checks !== 1)
    findings.note(
      path,
      `each tick of ${formatDuration(interval)} takes in about ${Math.round(checks)} periods of ${period} s, and each is a check`,
    );
  if (period < 60)
    findings.note(
      path,
      `metrics must be there every ${period} s (CloudWatch: StorageResolution 1; Prometheus: scrape_interval); where they are not, write interval: 1m and period: 60s`,
    );
  return period;
};

/** What the length of a rollout depends on; seconds all. */
interface Pace {
  readonly interval: number;
  readonly period: number;
  readonly delay: number;
  readonly settle: number;
  readonly threshold: number;
  readonly steps: number;
}

/** Seconds after which a rollout counts as stuck: twice what Flagger's checks can take at the most, and an hour at least. */
export const deadlineOf = ({ interval, period, delay, settle, threshold, steps }: Pace): number => {
  const perStep = Math.ceil((settle + period + delay) / interval + 1) * interval;
  const wanted = Math.max(LEAST_DEADLINE, 2 * (steps * perStep + (threshold + 1) * interval));
  const ticks = (MAX_TICKS - 2 * steps) * interval;
  return Math.min(Math.ceil(wanted / 60) * 60, MOST_DEADLINE, Math.floor(ticks / 60) * 60);
};
