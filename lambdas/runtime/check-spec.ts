import { CanaryError, ErrorName } from '../core/errors.ts';
import { parseSpec } from '../core/spec/parse.ts';

/**
 * Checks the spec in an execution's input, where it enters: in the machine's first task. Later ones get it from the machine as
 * it was, and by versions of the same deployment, so they carry neither schemas nor the library for them.
 * @throws CanaryError Canary.InvalidInput with every problem
 */
export const checkSpec = (spec: unknown): void => {
  const parsed = parseSpec(spec);
  if (parsed.ok) return;
  throw new CanaryError(
    ErrorName.InvalidInput,
    `the spec in the input is wrong: ${parsed.problems.join('; ')}`,
  );
};
