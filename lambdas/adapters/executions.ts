import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
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

  async start(name: string, input: RolloutInput): Promise<void> {
    await this.#client
      .send(new StartExecutionCommand({ stateMachineArn: this.#machine, name, input: JSON.stringify(input) }))
      .catch((error: Error) => {
        // The name says release and attempt: an execution of that name is the one that was asked for.
        if (error.name !== 'ExecutionAlreadyExists') fromAws(`start the execution ${name}`)(error);
      });
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
    const { events = [] } = await this.#client
      .send(
        new GetExecutionHistoryCommand({
          executionArn: arn,
          reverseOrder: true,
          maxResults: HISTORY_PAGE,
          includeExecutionData: false,
        }),
      )
      .catch(fromAws(`read the history of ${arn}`));
    return events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
  }
}
