import type { DescribeExecutionOutput, ExecutionStatus } from '@aws-sdk/client-sfn';
import type { Definition } from './definition.ts';
import { Cancelled, StateFailure } from './failure.ts';
import { type Chain, History, whole } from './history.ts';
import { payloadText } from './limits.ts';
import type { Run, Services } from './line.ts';
import { runLine } from './run-line.ts';
import { Scope } from './scope.ts';

/** What an execution is started with. */
export interface ExecutionStart {
  readonly arn: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  /** Where a version was started: its ARN. */
  readonly stateMachineVersionArn: string | undefined;
  readonly definition: Definition;
  readonly roleArn: string;
}

interface End {
  readonly status: ExecutionStatus;
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** One execution: running, or as it ended. */
export class Execution {
  readonly start: ExecutionStart;
  readonly history: History;
  readonly startDate: Date;
  /** Resolves when the execution has ended. */
  readonly ended: Promise<void>;
  readonly #services: Services;
  readonly #chain: Chain = { previous: 0 };
  readonly #controller = new AbortController();
  readonly #onStatus: (execution: Execution) => void;
  #resolveEnded = () => {};
  #end: End = { status: 'RUNNING' };
  #stopDate: Date | undefined;
  #cancelTimeout = () => {};

  constructor(start: ExecutionStart, services: Services, onStatus: (execution: Execution) => void) {
    this.start = start;
    this.#services = services;
    this.#onStatus = onStatus;
    this.startDate = new Date(services.clock.now());
    this.history = new History(() => services.clock.now());
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    // The first state's event names no previous one either.
    this.history.note('ExecutionStarted', this.#chain, {
      executionStartedEventDetails: { input: start.input, inputDetails: whole, roleArn: start.roleArn },
    });
  }

  get status(): ExecutionStatus {
    return this.#end.status;
  }

  /** Runs the states to their end. Never rejects: every end is recorded. */
  async run(): Promise<void> {
    const { clock } = this.#services;
    const { definition } = this.start;
    this.#onStatus(this);
    if (definition.TimeoutSeconds !== undefined) {
      const at = this.startDate.getTime() + definition.TimeoutSeconds * 1000;
      this.#cancelTimeout = clock.schedule(at, () => this.#finish({ status: 'TIMED_OUT' }));
    }
    try {
      const output = await runLine(
        {
          run: this.#asRun(),
          graph: definition,
          scope: new Scope(),
          chain: this.#chain,
          signal: this.#controller.signal,
          checkpoint: () => {},
        },
        JSON.parse(this.start.input),
      );
      this.#finish({ status: 'SUCCEEDED', output: payloadText(output, this.start.name) });
    } catch (thrown) {
      if (!(thrown instanceof Cancelled)) this.#finish(failedBy(thrown));
    }
  }

  /** Ends the execution as StopExecution does; one that has ended stays as it is. */
  stop(error?: string, cause?: string): void {
    this.#finish({ status: 'ABORTED', error, cause });
  }

  /** As DescribeExecution answers. */
  describe(): DescribeExecutionOutput {
    const { arn, name, input, stateMachineArn, stateMachineVersionArn } = this.start;
    const { status, output, error, cause } = this.#end;
    return {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate: this.startDate,
      ...(this.#stopDate === undefined ? {} : { stopDate: this.#stopDate }),
      input,
      inputDetails: { included: true },
      ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
      ...(stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn }),
      redriveCount: 0,
    };
  }

  #asRun(): Run {
    const { arn, name, input, roleArn, stateMachineArn, stateMachineName } = this.start;
    const context = {
      Execution: {
        Id: arn,
        Input: JSON.parse(input) as unknown,
        Name: name,
        RoleArn: roleArn,
        StartTime: this.startDate.toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: stateMachineArn, Name: stateMachineName },
    };
    return { ...this.#services, arn, roleArn, history: this.history, context: () => context };
  }

  #finish(end: End): void {
    if (this.#end.status !== 'RUNNING') return;
    this.#end = end;
    this.#stopDate = new Date(this.#services.clock.now());
    this.#cancelTimeout();
    this.#recordEnd(end);
    this.#controller.abort(new Cancelled(`The execution has ended: ${end.status}.`));
    this.#resolveEnded();
    this.#onStatus(this);
  }

  #recordEnd({ status, output, error, cause }: End): void {
    const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    const { previous } = this.#chain;
    if (status === 'SUCCEEDED') {
      const executionSucceededEventDetails = { output: output ?? 'null', outputDetails: whole };
      this.history.end('ExecutionSucceeded', previous, { executionSucceededEventDetails });
    } else if (status === 'FAILED') {
      this.history.end('ExecutionFailed', previous, { executionFailedEventDetails: details });
    } else if (status === 'ABORTED') {
      this.history.end('ExecutionAborted', previous, { executionAbortedEventDetails: details });
    } else {
      this.history.end('ExecutionTimedOut', previous, { executionTimedOutEventDetails: details });
    }
  }
}

const failedBy = (thrown: unknown): End => {
  if (thrown instanceof StateFailure) return { status: 'FAILED', error: thrown.error, cause: thrown.reason };
  return {
    status: 'FAILED',
    error: 'States.Runtime',
    cause: thrown instanceof Error ? thrown.message : String(thrown),
  };
};
