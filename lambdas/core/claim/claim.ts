import { CanaryError, ErrorName } from '../errors.ts';
import type { Claim, ServiceRecord } from '../record.ts';
import type { Phase, Rollout, Side } from '../rollout.ts';
import type { Changed } from '../store.ts';
import type { Cluster } from '../tasks.ts';

/** The claim of this very execution; anybody else's, or none, fences the caller off. */
export const ownClaim = (record: ServiceRecord, execution: string, generation?: number): Claim => {
  const { claim } = record;
  const nameOf = (arn: string | undefined) => arn?.split(':').at(-1) ?? 'nobody';
  if (claim?.execution !== execution) {
    throw new CanaryError(
      ErrorName.Fenced,
      `${record.service} is held by ${nameOf(claim?.execution)}, not by ${nameOf(execution)}`,
    );
  }
  if (generation !== undefined && record.generation !== generation) {
    throw new CanaryError(
      ErrorName.Fenced,
      `${record.service} is at claim ${record.generation}, this execution holds ${generation}`,
    );
  }
  return claim;
};

/**
 * Claims the service for an execution. The claim was reserved before the execution was started; one that was started
 * by hand takes a free service, and is turned away (Canary.Busy) from one that is not.
 */
export const claimService = (
  record: ServiceRecord,
  rollout: Rollout,
  now: string,
): Changed<{ generation: number }> => {
  const { claim } = record;
  const mine = claim?.execution === rollout.execution.arn;
  if (mine && claim.started) return { record, answer: { generation: record.generation } };
  if (claim !== undefined && !mine) {
    throw new CanaryError(
      ErrorName.Busy,
      `${claim.execution.split(':').at(-1)} holds ${record.service}: one rollout at a time`,
    );
  }
  const generation = record.generation + 1;
  const { execution, ...input } = rollout;
  const next: Claim = {
    execution: execution.arn,
    since: mine ? claim.since : now,
    started: true,
    generation,
    input,
    phase: 'Initialized',
    safe: 'primary',
    intent: 0,
  };
  const { needs: _needs, approval: _approval, command: _command, ...rest } = record;
  return { record: { ...rest, generation, claim: next }, answer: { generation } };
};

/** Whether a rollout has written nothing yet: it is in its preflight, or waits before its first write. */
export const isUntouched = ({ phase }: Pick<Claim, 'phase'>): boolean =>
  phase === 'Initialized' || phase === 'Waiting';

/** The way of a rollout; whatever is undone is `Failed` from then on. A phase that is not named here comes first. */
const ORDER: readonly Phase[] = ['Progressing', 'Promoting', 'Finalising', 'Failed'];

/**
 * Throws Canary.Fenced for a write that was under way when the rollout went on without it: one that was undone or set
 * aside for rescue is not begun again, and no phase comes back.
 */
const assertInTime = (record: ServiceRecord, { phase }: Claim, next: Phase | undefined): void => {
  const late =
    record.needs !== undefined ||
    phase === 'Failed' ||
    (next !== undefined && ORDER.indexOf(next) < ORDER.indexOf(phase));
  if (!late) return;
  const where = record.needs === undefined ? `at ${phase}` : `locked (${record.needs.what})`;
  throw new CanaryError(ErrorName.Fenced, `${record.service} is ${where} by now: this write comes too late`);
};

/** Changes something of the own claim. Throws Canary.Fenced where it is another's by now, or the change comes too late. */
export const amendClaim = (
  record: ServiceRecord,
  by: { execution: string; generation?: number },
  change: { phase?: Phase; safe?: Side; intent?: number; cluster?: Cluster },
): Changed<Claim> => {
  const own = ownClaim(record, by.execution, by.generation);
  assertInTime(record, own, change.phase);
  const claim: Claim = { ...own, ...change };
  return { record: { ...record, claim }, answer: claim };
};
