import type { Chain } from './history.ts';
import { Scope } from './scope.ts';

/** A state that a line has entered and not left. */
interface Entered {
  readonly state: string;
  readonly input: unknown;
  readonly enteredId: number;
}

/**
 * Where a line of states stands, kept beyond its failure: a redrive goes on from there, in a Parallel or Map with the
 * branches that had not ended well (Step Functions developer guide, "Redriving executions").
 */
export class Place {
  readonly scope: Scope;
  readonly chain: Chain;
  /** Whether the line is a branch or an iteration, not the machine itself. */
  readonly inBranch: boolean;
  entered: Entered | undefined;
  /** Set when the line ended well. */
  ended: { readonly output: unknown } | undefined;
  /** The lines inside the state that is being run. */
  branches: readonly Place[] = [];

  constructor({ scope = new Scope(), previous = 0, inBranch = false } = {}) {
    this.scope = scope;
    this.chain = { previous };
    this.inBranch = inBranch;
  }

  enter(entered: Entered): void {
    this.entered = entered;
    this.branches = [];
  }

  /** Makes the next event of every line that has not ended well follow on this one. */
  follow(previous: number): void {
    this.chain.previous = previous;
    for (const branch of this.branches) if (branch.ended === undefined) branch.follow(previous);
  }
}
