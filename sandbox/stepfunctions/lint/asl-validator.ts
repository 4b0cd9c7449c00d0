import { createRequire } from 'node:module';
import { record } from './shapes.ts';

interface Answer {
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
}

/** The package has no type declarations, and takes 50 ms to load: it is loaded when a definition is checked. */
const load = () => createRequire(import.meta.url)('asl-validator') as (definition: unknown) => Answer;

/**
 * A copy without the `Output` of Choice states: Step Functions takes it (LocalStack's recording `test_output_in_choice`),
 * asl-validator 4.0.0 does not.
 */
const withoutChoiceOutput = (definition: unknown): unknown =>
  JSON.parse(JSON.stringify(definition), (_, value) => {
    const { Output, ...state } = record(value);
    return state.Type === 'Choice' ? state : value;
  });

/**
 * What asl-validator finds: wrong and missing fields, transitions to nowhere, states that nothing leads to. It throws
 * where a state is no object.
 */
export const validatorProblems = (definition: unknown): readonly string[] => {
  const validate = load();
  try {
    return validate(withoutChoiceOutput(definition)).errors.map(
      ({ 'Error code': code, Message: message }) => `${code}: ${message}`,
    );
  } catch (error) {
    return [`SCHEMA_VALIDATION_FAILED: States is invalid. ${error instanceof Error ? error.message : error}`];
  }
};
