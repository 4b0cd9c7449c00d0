import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../core/ports.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { fromAws } from './aws-errors.ts';

const HISTORY_PAGE = 1000;

/** Executions of the one state machine. */
export class StepFunctionsExecutions implements Executions {
  readonly #client: SFNClient;
  readonly #machine: string;

  constructor(stateMachineArn: string, client: SFNClient) {
    this.#machine = stateMachineArn;
    this.#client = client;
  }

  arnOf(name: string): string {
    return `${this.#machine.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  async start(name: string, input: RolloutInput): Promise<boolean> {
    const text = JSON.stringify(input);
    return this.#client
      .send(new StartExecutionCommand({ stateMachineArn: this.#machine, name, input: text }))
      .then(
        () => true,
        (error: Error) =>
          error.name === 'ExecutionAlreadyExists'
            ? this.#isOurs(name, text)
            : fromAws(`start the execution ${name}`)(error),
      );
  }

  /** Names are kept for 90 days (Step Functions API reference): one may be of a release long ago. */
  async #isOurs(name: string, text: string): Promise<boolean> {
    const { status, input } = await this.#client
      .send(new DescribeExecutionCommand({ executionArn: this.arnOf(name) }))
      .catch(fromAws(`describe the execution ${name}`));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' || input === text;
  }

  async status(arn: string): ReturnType<Executions['status']> {
    const found = await this.#client
      .send(new DescribeExecutionCommand({ executionArn: arn }))
      .catch((error: Error) => {
        if (error.name === 'ExecutionDoesNotExist') return undefined;
        return fromAws(`describe the execution ${arn}`)(error);
      });
    if (found?.status === undefined) return undefined;
    const { status, error, cause } = found;
    return { status, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  }

  async statesEntered(arn: string): Promise<readonly string[]> {
    const names: string[] = [];
    const pages = paginateGetExecutionHistory(
      { client: this.#client, pageSize: HISTORY_PAGE },
      { executionArn: arn, reverseOrder: true, includeExecutionData: false },
    );
    try {
      for await (const { events = [] } of pages) {
        names.push(...events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []));
      }
    } catch (error) {
      fromAws(`read the history of ${arn}`)(error);
    }
    return names;
  }
}
