import { StateFailure } from '../failure.ts';
import { evaluateTyped } from '../jsonata/evaluate.ts';
import { bindings, type Leaving, type Visit } from '../line.ts';

/** Ends its line with the state's own Error and Cause, either of which may be missing. */
export const runFail = async (visit: Visit): Promise<Leaving> => {
  const { Error: error, Cause: cause } = visit.state;
  const bound = bindings(visit);
  const name = error === undefined ? undefined : await evaluateTyped(error, bound, 'Error', 'string');
  const reason = cause === undefined ? undefined : await evaluateTyped(cause, bound, 'Cause', 'string');
  throw new StateFailure(name as string | undefined, reason as string | undefined);
};
