import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../aws/service.ts';
import { Execution } from './execution.ts';
import { uuid } from './jsonata/functions.ts';
import type { RunTask, Services } from './line.ts';
import { invalidArn, StateMachineStore } from './state-machines.ts';
import { TaskTokens } from './task-tokens.ts';

export interface StepFunctionsOptions extends Pick<Services, 'clock' | 'random' | 'region'> {
  readonly runTask: RunTask;
  /** Told when an execution has started and when it has ended. */
  readonly onStatus?: (execution: Execution) => void;
}

export interface StartInput {
  /** Of a machine, a version or an alias. */
  readonly stateMachineArn: string;
  /** @default a UUID */
  readonly name?: string | undefined;
  /** JSON text. @default {} */
  readonly input?: string | undefined;
}

/** Longest name, and what it may not hold (Step Functions API, StartExecution). */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** Runs state machines in JSONata on the sandbox's clock. */
export class StepFunctionsEngine {
  readonly machines = new StateMachineStore();
  readonly tokens: TaskTokens;
  readonly #options: StepFunctionsOptions;
  readonly #executions = new Map<string, Execution>();

  constructor(options: StepFunctionsOptions) {
    this.#options = options;
    this.tokens = new TaskTokens(options.random);
  }

  /**
   * Starts an execution; the same name with the same input is the same execution while it runs.
   * @throws AwsError StateMachineDoesNotExist, ExecutionAlreadyExists, InvalidName, InvalidExecutionInput
   */
  start({ stateMachineArn, name = uuid(this.#options.random), input = '{}' }: StartInput): Execution {
    const { machine, revision, versionArn, aliasArn } = this.machines.resolve(
      stateMachineArn,
      this.#options.random,
    );
    check(name, input);
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.#executions.get(arn);
    if (known !== undefined) {
      if (known.status === 'RUNNING' && known.start.input === input) return known;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`, 400);
    }
    const { clock, onStatus } = this.#options;
    const start = {
      arn,
      name,
      input,
      stateMachineArn: machine.arn,
      stateMachineVersionArn: versionArn,
      stateMachineAliasArn: aliasArn,
      revision,
    };
    const execution = new Execution(start, this.#services(), (changed) => onStatus?.(changed));
    this.#executions.set(arn, execution);
    clock.schedule(clock.now(), () => {
      void execution.run();
    });
    return execution;
  }

  /** @throws AwsError ExecutionDoesNotExist, InvalidArn */
  execution(arn: string): Execution {
    const execution = this.#executions.get(arn);
    if (execution === undefined) {
      throw (
        invalidArn(arn) ?? new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`, 400)
      );
    }
    return execution;
  }

  /** Newest first, of one machine or of all. */
  executions(stateMachineArn?: string): readonly Execution[] {
    const all = [...this.#executions.values()].reverse();
    return all.filter(
      ({ start }) => stateMachineArn === undefined || start.stateMachineArn === stateMachineArn,
    );
  }

  #services(): Services {
    const { clock, random, region, runTask } = this.#options;
    return {
      clock,
      random,
      region,
      runTask,
      tokens: this.tokens,
      nested: {
        start: (input) => {
          const { start, startDate } = this.start(input);
          return { executionArn: start.arn, startDate };
        },
        ended: async (arn): Promise<DescribeExecutionOutput> => {
          await this.execution(arn).ended;
          return this.execution(arn).describe();
        },
        stop: (arn) => this.execution(arn).stop(),
      },
    };
  }
}

const check = (name: string, input: string): void => {
  if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`, 400);
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input}'`, 400);
  }
};
