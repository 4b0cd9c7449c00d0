/**
 * Where moto 5.2.5 is wrong, or leaves something out, each with what says so. A pair of events (as JSON text) that fits
 * `here` and `there` is no difference of ours.
 */
export interface KnownDifference {
  readonly why: string;
  readonly here: RegExp;
  readonly there: RegExp;
  /** Whether what comes after differs for that reason, so that the comparison ends there. @default false */
  readonly ends?: true;
}

/** API_EvaluationFailedEventDetails: state, error, cause, and the location of the field. */
const evaluationFailed = /"type":"EvaluationFailed"/;
const runtimeError = /"error":"States.Runtime".*"type":"(ExecutionFailed|TaskFailed|\w+Failed)"/;

export const knownDifferences: readonly KnownDifference[] = [
  {
    why: 'moto does not say where an evaluation failed (EvaluationFailedEventDetails: location)',
    here: /"location":.*"type":"EvaluationFailed"/,
    there: /^(?!.*"location":).*"type":"EvaluationFailed"/,
  },
  {
    why: 'moto says "location" for Items that are no list; AWS does not (recorded test_map_state_items_input_types)',
    here: /must be an array but was/,
    there: /States.QueryEvaluationError/,
  },
  {
    why: 'moto can neither retry nor catch an evaluation that failed by its name (Handling errors: States.QueryEvaluationError)',
    here: /./,
    there: /Custom Error Names MUST NOT begin/,
    ends: true,
  },
  {
    why: 'moto takes an expression that throws for States.Runtime (Handling errors: States.QueryEvaluationError)',
    here: evaluationFailed,
    there: runtimeError,
    ends: true,
  },
  {
    why: 'moto has no $hash (JSONata functions provided by Step Functions)',
    here: /./,
    there: /Function \$hash is currently not supported/,
    ends: true,
  },
  {
    why: 'moto leaves out an output that is null (DescribeExecution: output of an execution that succeeded)',
    here: /^\{"output":null,/,
    there: /^\{"status":"SUCCEEDED"\}/,
  },
  {
    why: 'moto words a Choice without a match as an exception of Python; the error is the same',
    here: /does not point to a next state.*"error":"States.Runtime"/,
    there: /No branching option reached.*"error":"States.Runtime"/,
  },
  {
    why: 'moto takes a Cause that is a number (Fail state: a string)',
    here: /"location":"(Cause|Error)"/,
    there: /"type":"ExecutionFailed"/,
    ends: true,
  },
  {
    why: 'moto takes "$" inside a predicate for the "$" that AWS refuses at the top level',
    here: /./,
    there: /IllegalJSONataVariableReference|"cause":"","error":"States.Runtime"/,
    ends: true,
  },
  {
    why: 'moto writes a text with quotes into an expression without escaping it',
    here: /\\"/,
    there: /"\\"\{|States.Runtime/,
    ends: true,
  },
  {
    why: 'moto neither retries nor catches an Output or Assign that fails (Handling errors: Catch of a Task)',
    here: /"name":"[^"]*","output":.*StateExited"|"location":"Catch|"type":"TaskScheduled"/,
    there: /"error":"States.QueryEvaluationError".*"type":"ExecutionFailed"|^nothing/,
    ends: true,
  },
  {
    why: 'moto forgets that a Parallel or Map state failed when an expression in it did (recorded test_map_state_items_input_types)',
    here: /"type":"(Parallel|Map)StateFailed"/,
    there: /QueryEvaluationError|^nothing|IterationFailed/,
    ends: true,
  },
];
