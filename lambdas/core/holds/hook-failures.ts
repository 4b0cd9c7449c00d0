import { refusedBy } from '../hooks/hooks.ts';
import { thresholdOf } from '../spec/limits.ts';
import type { JudgeCanaryResult } from '../tasks.ts';
import { plural } from '../words.ts';
import { byPerson, type HoldInput, rollBack } from './outcome.ts';
import type { HoldsState } from './state.ts';

type Failing = NonNullable<HoldsState['failing']>;

/** Why hooks' failed checks roll back: `hook load-test: answered 500, 3 checks failed`. */
export const hookReason = ({ name, found }: Failing, failedChecks: number): string =>
  `hook ${name}: ${found}, ${plural(failedChecks, 'check')} failed`;

/** Whether hooks failed at least as many checks as any metric: then they are what is told of. */
const hooksDecide = ({ before }: HoldInput, { checks }: Failing): boolean =>
  (before.failing ?? []).every((metric) => metric.checks <= checks);

/** One more failed check for a `rollout` hook that said no. A tick fails one check at most, as in Flagger. */
const counted = (verdict: JudgeCanaryResult, on: HoldInput): JudgeCanaryResult => {
  const refused = refusedBy(on.hooks, 'rollout') ?? refusedBy(on.hooks, 'pre-rollout');
  if (refused === undefined) return verdict;
  const { iteration: _begun, ...analysis } = verdict.analysis;
  const { iteration } = on.before;
  const { name, found } = refused;
  const checks = (on.before.holds?.failing?.checks ?? 0) + 1;
  return {
    ...verdict,
    // A tick that failed begins no iteration.
    events: verdict.events.filter(({ text }) => !text.startsWith('Advance ')),
    analysis: {
      ...analysis,
      ...(iteration !== undefined && { iteration }),
      failedChecks: Math.max(analysis.failedChecks, on.before.failedChecks + 1),
      lastCheck: 'failed',
      holds: { ...analysis.holds, failing: { name, found, checks } },
    },
  };
};

/**
 * Counts a hook's failed check, and rolls back where the threshold was reached before this tick by checks that hooks have
 * failed: as for metrics, one tick after the last one allowed.
 */
export const withHookFailure = (verdict: JudgeCanaryResult, on: HoldInput): JudgeCanaryResult => {
  const { before, answers } = on;
  const threshold = thresholdOf(on.spec);
  const failing = before.holds?.failing;
  const reached = failing !== undefined && before.failedChecks >= threshold;
  const stands =
    answers.abortedBy !== undefined ||
    verdict.decision === 'reject' ||
    verdict.decision === 'supersede' ||
    byPerson(on);
  if (!reached || stands || !hooksDecide(on, failing)) return counted(verdict, on);
  const reason = hookReason(failing, before.failedChecks);
  return rollBack(verdict, on, 'rollBack', reason, `failed checks threshold reached ${threshold}`);
};
