import { EvaluationFailure, StateFailure, TaskFailure } from './failure.ts';
import type { Visit } from './line.ts';

/** How AWS begins the cause of a failure that the interpreter itself found. */
export const causePrefix = ({ name, enteredId }: Visit): string =>
  `An error occurred while executing the state '${name}' (entered at the event id #${enteredId}). `;

/** What a state threw as the failure that Retry and Catch match; a failed evaluation is recorded on the way. */
export const recordFailure = (visit: Visit, thrown: unknown): StateFailure => {
  if (thrown instanceof StateFailure) return thrown;
  if (thrown instanceof TaskFailure) return new StateFailure(thrown.error, thrown.reason);
  if (!(thrown instanceof EvaluationFailure)) throw thrown;
  const error = 'States.QueryEvaluationError';
  const cause = causePrefix(visit) + thrown.message;
  visit.line.run.history.add('EvaluationFailed', visit.line.chain, {
    evaluationFailedEventDetails: {
      error,
      cause,
      ...(thrown.location === undefined ? {} : { location: thrown.location }),
      state: visit.name,
    },
  });
  return new StateFailure(error, cause);
};
