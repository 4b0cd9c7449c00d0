import type { DescribeExecutionOutput, ExecutionStatus } from '@aws-sdk/client-sfn';
import { AwsError } from '../aws/service.ts';
import { Cancelled, StateFailure } from './failure.ts';
import { History, maximumEvents, whole } from './history.ts';
import { payloadText } from './limits.ts';
import type { Run, Services } from './line.ts';
import { Place } from './place.ts';
import { runLine } from './run-line.ts';
import type { Revision } from './state-machines.ts';

/** What an execution is started with. */
export interface ExecutionStart {
  readonly arn: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly stateMachineArn: string;
  /** Where a version was started: its ARN. */
  readonly stateMachineVersionArn: string | undefined;
  /** Where an alias was started: its ARN. */
  readonly stateMachineAliasArn: string | undefined;
  /** The machine as it was then: later updates don't reach the execution. */
  readonly revision: Revision;
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
  readonly #services: Services;
  readonly #place = new Place();
  #controller = new AbortController();
  readonly #onStatus: (execution: Execution) => void;
  #ended = Promise.withResolvers<void>();
  #redrives: readonly Date[] = [];
  #run: Promise<void> = Promise.resolve();
  #end: End = { status: 'RUNNING' };
  #stopDate: Date | undefined;
  #cancelTimeout = () => {};

  constructor(start: ExecutionStart, services: Services, onStatus: (execution: Execution) => void) {
    this.start = start;
    this.#services = services;
    this.#onStatus = onStatus;
    this.startDate = new Date(services.clock.now());
    this.history = new History(() => services.clock.now());
    // The first state's event names no previous one either.
    this.history.note('ExecutionStarted', this.#place.chain, {
      executionStartedEventDetails: {
        input: start.input,
        inputDetails: whole,
        roleArn: start.revision.input.roleArn,
      },
    });
  }

  get status(): ExecutionStatus {
    return this.#end.status;
  }

  /** Resolves when the execution has ended; a new promise after a redrive. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Runs the states to their end. Never rejects: every end is recorded. */
  run(): Promise<void> {
    this.#run = this.#runStates();
    return this.#run;
  }

  /**
   * Goes on where the execution failed, with a time-out of its own.
   * @throws AwsError ExecutionNotRedrivable
   */
  redrive(): Date {
    const { redriveStatus, redriveStatusReason } = this.describe();
    if (redriveStatus !== 'REDRIVABLE') {
      throw new AwsError('ExecutionNotRedrivable', String(redriveStatusReason), 400);
    }
    const { clock } = this.#services;
    const at = new Date(clock.now());
    const before = this.#run;
    this.#redrives = [...this.#redrives, at];
    this.#end = { status: 'RUNNING' };
    this.#stopDate = undefined;
    this.#controller = new AbortController();
    this.#ended = Promise.withResolvers();
    this.history.reopen();
    const last = { previous: this.history.events.length };
    const executionRedrivenEventDetails = { redriveCount: this.#redrives.length };
    this.#place.follow(this.history.add('ExecutionRedriven', last, { executionRedrivenEventDetails }));
    clock.schedule(clock.now(), async () => {
      await before;
      void this.run();
    });
    return at;
  }

  async #runStates(): Promise<void> {
    const { clock } = this.#services;
    const { definition } = this.start.revision;
    if (this.#end.status !== 'RUNNING') return;
    this.#onStatus(this);
    if (definition.TimeoutSeconds !== undefined) {
      const at = (this.#redrives.at(-1) ?? this.startDate).getTime() + definition.TimeoutSeconds * 1000;
      this.#cancelTimeout = clock.schedule(at, () => this.#finish({ status: 'TIMED_OUT' }));
    }
    try {
      const output = await runLine(
        {
          run: this.#asRun(),
          graph: definition,
          place: this.#place,
          scope: this.#place.scope,
          chain: this.#place.chain,
          signal: this.#controller.signal,
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
    const { arn, name, input, stateMachineArn, stateMachineVersionArn, stateMachineAliasArn } = this.start;
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
      ...(stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn }),
      ...this.#redriven(),
    };
  }

  #redriven() {
    const redriveDate = this.#redrives.at(-1);
    const refusal = redriveRefusal(this.#end.status, this.history.events.length);
    return {
      redriveCount: this.#redrives.length,
      ...(redriveDate === undefined ? {} : { redriveDate }),
      ...(refusal === undefined
        ? { redriveStatus: 'REDRIVABLE' as const }
        : { redriveStatus: 'NOT_REDRIVABLE' as const, redriveStatusReason: refusal }),
    };
  }

  #asRun(): Run {
    const { arn, name, input, stateMachineArn, revision } = this.start;
    const { name: stateMachineName, roleArn } = revision.input;
    const redriven = this.#redrives.at(-1);
    const context = {
      Execution: {
        Id: arn,
        Input: JSON.parse(input) as unknown,
        Name: name,
        RoleArn: roleArn,
        StartTime: this.startDate.toISOString(),
        RedriveCount: this.#redrives.length,
        ...(redriven === undefined ? {} : { RedriveTime: redriven.toISOString() }),
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
    this.#ended.resolve();
    this.#onStatus(this);
  }

  #recordEnd({ status, output, error, cause }: End): void {
    const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    const { previous } = this.#place.chain;
    if (status === 'SUCCEEDED') {
      const executionSucceededEventDetails = { output: output ?? 'null', outputDetails: whole };
      this.history.end('ExecutionSucceeded', previous, { executionSucceededEventDetails });
    } else if (status === 'FAILED') {
      this.history.end('ExecutionFailed', previous, { executionFailedEventDetails: details });
    } else if (status === 'ABORTED') {
      this.history.end('ExecutionAborted', previous, { executionAbortedEventDetails: details });
    } else {
      // AWS names the error here only, and no previous event (floci's page on Step Functions).
      const executionTimedOutEventDetails = { error: 'States.Timeout' };
      this.history.end('ExecutionTimedOut', 0, { executionTimedOutEventDetails });
    }
  }
}

/** Why an execution can't be redriven (DescribeExecution, `redriveStatusReason`); undefined where it can. */
const redriveRefusal = (status: ExecutionStatus, events: number): string | undefined => {
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    return `Execution is ${status} and cannot be redriven`;
  }
  return events > maximumEvents - 2 ? 'Execution history event limit exceeded' : undefined;
};

const failedBy = (thrown: unknown): End => {
  if (thrown instanceof StateFailure) return { status: 'FAILED', error: thrown.error, cause: thrown.reason };
  return {
    status: 'FAILED',
    error: 'States.Runtime',
    cause: thrown instanceof Error ? thrown.message : String(thrown),
  };
};
