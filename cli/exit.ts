/** How a command ends: 0 as asked, 1 not, 2 bad usage or bad input. */
export const Exit = { asAsked: 0, not: 1, badInput: 2 } as const;

/** A person's mistake: printed as it stands, a line a problem, without a traceback; the command ends with 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What was asked could not be done, for a reason outside: printed as it stands, without a traceback; the command ends with 1. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
}
