import type { Period } from '../evidence.ts';
import { checksNeeded } from '../plan.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { checkPeriod } from './check.ts';

/** What Flagger's rule would have done. */
export interface FlaggerVerdict {
  readonly outcome: 'promoted' | 'rolledBack' | 'undecided';
  /** ISO 8601: end of the period after which it decided; absent while undecided. */
  readonly at?: string;
  /** Canary requests that failed until then, the period of the decision included. */
  readonly failedRequests: number;
}

/** What Flagger's own examples set, for specs that count no failed checks. */
const USUAL_THRESHOLD = 5;

/**
 * Flagger's rule (fluxcd/flagger scheduler.go, 1.44) on the same periods, one a tick: no data is a failed check, failed
 * checks are never taken back, the rollback comes one tick after the last one allowed, a passing check is a step, and
 * one more at the last step promotes. The traffic stays what it was: what other weights would have done is not known.
 */
export const flaggerWould = (spec: RolloutSpec, periods: readonly Period[]): FlaggerVerdict => {
  const strict: RolloutSpec = { ...spec, analysis: { ...spec.analysis, noData: 'fail' } };
  const passesNeeded = checksNeeded(spec);
  const { threshold = USUAL_THRESHOLD } = spec.analysis;
  let failedChecks = 0;
  let passed = 0;
  let failedRequests = 0;
  for (const { end, canary, numbers } of periods) {
    failedRequests += canary?.failures ?? 0;
    if (failedChecks >= threshold) return { outcome: 'rolledBack', at: end, failedRequests };
    if (checkPeriod(strict, canary, numbers).verdict === 'failed') failedChecks += 1;
    else passed += 1;
    if (passed >= passesNeeded) return { outcome: 'promoted', at: end, failedRequests };
  }
  return { outcome: 'undecided', failedRequests };
};
