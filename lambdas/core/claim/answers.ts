import type { ServiceRecord } from '../record.ts';
import type { Rollout } from '../rollout.ts';
import type { Changed } from '../store.ts';
import type { AnalysisState, Answers } from '../tasks.ts';

/** What people and newer releases have told this execution by now. */
export const answersOf = (record: ServiceRecord, { execution, spec }: Rollout): Answers => {
  const approval = record.approval?.execution === execution.arn ? record.approval : undefined;
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

/** Puts the judge's question where a person's answer is heard. Asking twice keeps the first question. */
export const askPerson = (
  record: ServiceRecord,
  execution: string,
  { asked }: AnalysisState,
): Changed<void> => {
  if (asked === undefined || record.approval?.execution === execution) return { record, answer: undefined };
  return {
    record: { ...record, approval: { id: asked.approval, execution, askedAt: asked.at } },
    answer: undefined,
  };
};
