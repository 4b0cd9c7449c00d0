import type { ServiceRecord } from '../record.ts';
import type { Rollout } from '../rollout.ts';
import type { Changed } from '../store.ts';
import type { AnalysisState, Answers } from '../tasks.ts';

/** A question that is put to a person, or was: its id, and when (ISO 8601). */
export interface Question {
  readonly approval: string;
  readonly at: string;
}

/** The open question of an analysis: at a gate, or at the deadline. */
export const questionOf = (analysis: AnalysisState | null | undefined): Question | undefined =>
  analysis?.holds?.gate ?? analysis?.asked;

/** What people and newer releases have told this execution by now; of approvals only the answer to the open question. */
export const answersOf = (
  record: ServiceRecord,
  { execution, spec }: Rollout,
  question: Question | undefined,
): Answers => {
  // A retried tick has another id for the question that it put at the same time.
  const mine = record.approval?.execution === execution.arn && record.approval.askedAt === question?.at;
  const approval = mine ? record.approval : undefined;
  const command = record.command?.execution === execution.arn ? record.command : undefined;
  const newer = spec.onNewer === 'supersede' ? record.pending?.release.tag : undefined;
  return {
    ...(approval?.answer !== undefined && { approval: approval.answer }),
    ...(approval?.by !== undefined && { by: approval.by }),
    ...(command?.command === 'abort' && { abortedBy: command.by }),
    ...(command?.command === 'promote' && { promotedBy: command.by }),
    ...(command?.command === 'pause' && { pausedBy: command.by }),
    ...(newer !== undefined && { supersededBy: newer }),
  };
};

/** Puts a question where a person's answer is heard. Asking twice keeps the first one, and its answer. */
export const askPerson = (
  record: ServiceRecord,
  execution: string,
  question: Question | undefined,
): Changed<void> => {
  const { approval } = record;
  const there = approval?.execution === execution && approval.askedAt === question?.at;
  if (question === undefined || there) return { record, answer: undefined };
  return {
    record: { ...record, approval: { id: question.approval, execution, askedAt: question.at } },
    answer: undefined,
  };
};
