import { CanaryError, ErrorName } from '../errors.ts';
import type { Claim, ServiceRecord } from '../record.ts';
import type { Changed } from '../store.ts';
import { finishClaim } from './finish.ts';

/** What a person can tell a rollout. */
export interface RolloutCommand {
  /** `service@target`. */
  readonly service: string;
  readonly command: 'approve' | 'reject' | 'abort' | 'promote' | 'pause' | 'resume' | 'unlock';
  readonly by: string;
  /** ISO 8601; the function's time when absent. */
  readonly at?: string;
}

const refuse = (message: string): never => {
  throw new CanaryError(ErrorName.InvalidInput, message);
};

/** Why a rollout hears nobody any more, and what one can do; undefined while it does. */
const tooLate = ({ phase, input }: Claim, needs: ServiceRecord['needs']): string | undefined => {
  const { tag } = input.release;
  if (needs !== undefined)
    return 'the rollout has ended, and its traffic is being seen to; see stepcanary status';
  if (phase === 'Failed') return `${tag} is being rolled back already`;
  if (phase === 'Promoting')
    return `the primary is changing to ${tag}, which was proven; that is not undone halfway. Stopping the execution leaves all traffic on the canary, and the service locked`;
  if (phase === 'Finalising')
    return `the primary runs ${tag} already; to go back, start the version before: stepcanary start ${input.service} --tag TAG --retry`;
  return undefined;
};

/**
 * Writes a command where the judge hears it at its next tick; none replaces an abort, and resume takes back a pause only.
 * Returns what was done, in a sentence.
 */
export const applyCommand = (record: ServiceRecord, command: RolloutCommand): Changed<string> => {
  const { service, by, at = '' } = command;
  const { claim, approval, needs } = record;
  if (claim === undefined) return refuse(`${service}: no rollout is under way; see stepcanary status`);
  if (command.command === 'unlock') {
    if (needs?.what !== 'person')
      return refuse(`${service}: nothing waits for a person; see stepcanary status`);
    return {
      record: finishClaim(record, claim.execution, 'failed', at).record,
      answer: `${service} is free`,
    };
  }
  const over = tooLate(claim, needs);
  if (over !== undefined) return refuse(`${service}: ${over}`);
  if (command.command === 'approve' || command.command === 'reject') {
    if (approval?.execution !== claim.execution || approval.answer !== undefined)
      return refuse(`${service}: no question is open`);
    const answer = command.command === 'approve' ? 'approved' : 'rejected';
    return {
      record: { ...record, approval: { ...approval, answer, by, answeredAt: at } },
      answer: `${answer} by ${by}`,
    };
  }
  const earlier = record.command?.execution === claim.execution ? record.command : undefined;
  if (earlier?.command === 'abort')
    return { record, answer: `${service}: abort of ${earlier.by} stands; it is heard at the next tick` };
  if (command.command === 'resume') {
    if (earlier?.command === 'promote')
      return { record, answer: `${service} is not paused; promote of ${earlier.by} stands` };
    const { command: _, ...rest } = record;
    return { record: rest, answer: `${service} goes on` };
  }
  const heard = { command: command.command, execution: claim.execution, by, at };
  return { record: { ...record, command: heard }, answer: `${command.command} is heard at the next tick` };
};
