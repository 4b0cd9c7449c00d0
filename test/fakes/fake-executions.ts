import type { Executions } from '../../lambdas/core/ports.ts';
import type { RolloutInput } from '../../lambdas/core/rollout.ts';

const PREFIX = 'arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:';

/** Executions in memory: `started` by name, `statuses` as a test sets them. */
export class FakeExecutions implements Executions {
  readonly started = new Map<string, RolloutInput>();
  readonly statuses = new Map<string, { status: string; error?: string; cause?: string }>();
  /** Names of executions that have ended long ago. */
  readonly taken = new Set<string>();
  /** Thrown by every start. */
  refuses: Error | undefined;
  entered: readonly string[] = [];

  arnOf(name: string): string {
    return `${PREFIX}${name}`;
  }

  async start(name: string, input: RolloutInput): Promise<boolean> {
    if (this.refuses !== undefined) throw this.refuses;
    if (this.taken.has(name)) return false;
    this.started.set(name, input);
    if (!this.statuses.has(this.arnOf(name))) this.statuses.set(this.arnOf(name), { status: 'RUNNING' });
    return true;
  }

  async status(arn: string): ReturnType<Executions['status']> {
    return this.statuses.get(arn);
  }

  async statesEntered(): Promise<readonly string[]> {
    return this.entered;
  }
}
