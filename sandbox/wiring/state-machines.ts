import type { Behaviours } from '../aws/service.ts';
import type { EventBuses } from '../aws/services/events/bus.ts';
import type { Place } from '../aws/services/place.ts';
import type { Clock } from '../clock.ts';
import { stepFunctionsBehaviours } from '../stepfunctions/api/behaviours.ts';
import { StepFunctionsEngine } from '../stepfunctions/engine.ts';
import type { Execution } from '../stepfunctions/execution.ts';
import type { RunTask } from '../stepfunctions/line.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Step Functions in a sandbox. */
export interface StateMachines {
  readonly engine: StepFunctionsEngine;
  readonly behaviours: Behaviours;
  /** Ends what still runs, so that nothing of it goes on. */
  close(): void;
}

/** An execution has started or ended. */
export interface ExecutionChange {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: string;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Epoch milliseconds of the sandbox's time. */
  readonly at: number;
}

export interface StateMachinesOptions {
  readonly clock: Clock;
  readonly home: Place;
  readonly random: () => number;
  readonly runTask: RunTask;
  readonly buses: EventBuses;
  readonly telemetry: Telemetry;
  readonly onChange: (change: ExecutionChange) => void;
}

/** The detail of the event (Step Functions developer guide, "Event stream integration"). Times are epoch milliseconds. */
const detailOf = (execution: Execution) => {
  const { startDate, stopDate, redriveDate, output, error, cause, ...described } = execution.describe();
  const { stateMachineVersionArn, stateMachineAliasArn } = execution.start;
  return {
    ...described,
    startDate: startDate?.getTime(),
    stopDate: stopDate?.getTime() ?? null,
    output: output ?? null,
    outputDetails: output === undefined ? null : { included: true },
    error: error ?? null,
    cause: cause ?? null,
    stateMachineVersionArn: stateMachineVersionArn ?? null,
    stateMachineAliasArn: stateMachineAliasArn ?? null,
    redriveDate: redriveDate?.getTime() ?? null,
  };
};

/** Starts the engine; every change of an execution's status goes to the event bus, CloudWatch and whoever watches. */
export const startStateMachines = (options: StateMachinesOptions): StateMachines => {
  const { clock, home, random, runTask, buses, telemetry, onChange } = options;
  let closed = false;
  const engine = new StepFunctionsEngine({
    clock,
    random,
    region: home.region,
    runTask,
    onStatus: (execution) => {
      if (closed) return;
      const { arn: executionArn, stateMachineArn, name } = execution.start;
      const { status, error, cause } = execution.describe();
      const change = {
        executionArn,
        stateMachineArn,
        name,
        status: String(status),
        error,
        cause,
        at: clock.now(),
      };
      telemetry.executionEnded(change);
      onChange(change);
      const [, , , region = home.region, account = home.account] = executionArn.split(':');
      const event = {
        source: 'aws.states',
        detailType: 'Step Functions Execution Status Change',
        detail: detailOf(execution),
        resources: [executionArn],
      };
      void clock.track(buses.put({ region, account }, event));
    },
  });
  return {
    engine,
    behaviours: stepFunctionsBehaviours(engine),
    close: () => {
      closed = true;
      for (const execution of engine.executions()) execution.stop();
    },
  };
};
