/** A state machine with its input, and what the functions that it calls answer in turn (the last one again and again). */
export interface Case {
  readonly name: string;
  readonly definition: Record<string, unknown>;
  readonly input: unknown;
  readonly tasks: Readonly<Record<string, readonly Answer[]>>;
}

/** A function that is not in `tasks` answers its payload. */
export type Answer =
  | { readonly payload: unknown }
  | { readonly error: string; readonly cause: string }
  | { readonly echo: true };

/** One state of the language, as JSON. */
export type State = Readonly<Record<string, unknown>>;

/** States that stand in this order; the first is where it starts. */
export const machine = (...states: readonly (readonly [name: string, state: State])[]) => ({
  StartAt: states[0]?.[0],
  States: Object.fromEntries(states),
});

/** A definition with its input, and its functions' answers. */
export const whole = (name: string, input: unknown, definition: object, tasks: Case['tasks'] = {}): Case => ({
  name,
  definition: { QueryLanguage: 'JSONata', ...definition },
  input,
  tasks,
});

/** A Task that calls a function. */
export const call = (FunctionName: string, Payload: unknown, more: State): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName, Payload },
  ...more,
});

export const done: State = { Type: 'Succeed' };
/** What was assigned, and what came in. */
export const everything = { v: '{% $v %}', input: '{% $states.input %}' };
