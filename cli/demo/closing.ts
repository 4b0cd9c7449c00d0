import { count, percentOf, plural } from '../../lambdas/core/words.ts';
import type { TrafficTotals } from '../../sandbox/traffic/ledger.ts';
import type { Released } from './release.ts';
import { minutes } from './words.ts';

const ENDS = { promoted: 'was promoted', rolledBack: 'was rolled back', failed: 'needs a person' } as const;
const FLAGGERS = {
  promoted: 'would have been promoted',
  rolledBack: 'would have been rolled back',
  undecided: 'would not have been decided yet',
} as const;

/** What a release came to, in one line. */
export const ended = ({ version, end, seconds, users, reason }: Released): string =>
  `${version} ${ENDS[end]} after ${minutes(seconds)}; ${plural(users.failures, 'request')} of ${count(users.requests)} failed meanwhile` +
  (reason === '' ? '' : `; ${reason}`);

const flagger = ({ version, flagger: { outcome, seconds, failedRequests } }: Released): string => {
  const after = seconds === undefined ? '' : ` after ${minutes(seconds)}`;
  return `${version} ${FLAGGERS[outcome]}${after}, with ${plural(failedRequests, 'failed request')} on the canary`;
};

/**
 * The figures that a demo ends with: users' requests that failed, by version, and what Flagger's rule would have done on
 * the same periods.
 */
export const closing = (releases: readonly Released[], totals: TrafficTotals): string[] => {
  const { requests, failures, byVersion } = totals;
  const versions = Object.entries(byVersion)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([version, one]) =>
        `${version === 'none' ? 'no pod' : version}: ${count(one.failures)} of ${count(one.requests)}`,
    );
  const users = `Of ${plural(requests, 'request')} of users ${count(failures)} failed (${percentOf(failures, requests)}): ${versions.join(', ')}.`;
  if (releases.length === 0) return [users];
  return [users, `Flagger's rule, on the same traffic: ${releases.map(flagger).join('; ')}.`];
};
