import { createRequire } from 'node:module';
import { record } from './shapes.ts';

interface Answer {
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
}

/** The package has no type declarations, and takes 50 ms to load: it is loaded when a definition is checked. */
const load = () => createRequire(import.meta.url)('asl-validator') as (definition: unknown) => Answer;

/** Fields that take any JSON value in JSONata (Step Functions Developer Guide, "Transforming data with JSONata"). */
const ANY_VALUE = ['Output', 'Arguments', 'ItemSelector'];

/**
 * A copy with an empty object for the fields that take any value: asl-validator 4.0.0 refuses lists, numbers and plain texts in
 * them. And without the `Output` of Choice states, which it does not know (LocalStack's recording `test_output_in_choice`).
 */
const withPlainValues = (definition: unknown): unknown =>
  JSON.parse(JSON.stringify(definition), (_, value) => {
    const object = record(value);
    if (object.Type === 'Choice') {
      const { Output, ...state } = object;
      return state;
    }
    if (typeof object.Type !== 'string' && !('ErrorEquals' in object) && !('Condition' in object))
      return value;
    const present = ANY_VALUE.filter((field) => field in object);
    return { ...object, ...Object.fromEntries(present.map((field) => [field, {}])) };
  });

/**
 * What asl-validator finds: wrong and missing fields, transitions to nowhere, states that nothing leads to. It throws
 * where a state is no object.
 */
export const validatorProblems = (definition: unknown): readonly string[] => {
  const validate = load();
  try {
    return validate(withPlainValues(definition)).errors.map(
      ({ 'Error code': code, Message: message }) => `${code}: ${message}`,
    );
  } catch (error) {
    return [`SCHEMA_VALIDATION_FAILED: States is invalid. ${error instanceof Error ? error.message : error}`];
  }
};
