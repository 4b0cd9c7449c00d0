import { VirtualClock } from '../../../sandbox/clock.ts';
import { stepFunctionsBehaviours } from '../../../sandbox/stepfunctions/api/behaviours.ts';
import { StepFunctionsEngine } from '../../../sandbox/stepfunctions/engine.ts';
import type { Execution } from '../../../sandbox/stepfunctions/execution.ts';
import type { RunTask } from '../../../sandbox/stepfunctions/line.ts';

export type Json = Record<string, unknown>;

export const arnOfMachine = (name: string) => `arn:aws:states:eu-west-1:111122223333:stateMachine:${name}`;

/** Step Functions alone, at midnight of 2030-01-01, with the tasks that a test gives it. */
export const stepFunctions = (runTask: RunTask = async () => ({}), random: () => number = () => 0.5) => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const began = clock.now();
  const engine = new StepFunctionsEngine({ clock, random, region: 'eu-west-1', runTask });
  const behaviours = stepFunctionsBehaviours(engine);
  return {
    clock,
    engine,
    seconds: () => (clock.now() - began) / 1000,
    /** The API, as a caller of account 111122223333 in eu-west-1. */
    api: (operation: string, input: Json): Json => {
      const caller = { account: '111122223333', roleArn: undefined, arn: 'arn', sessionName: undefined };
      const call = { service: 'states', operation, region: 'eu-west-1', account: caller.account };
      const whole = { ...call, caller: { ...caller, sourceIdentity: undefined }, now: clock.now() };
      return behaviours[operation]?.(input, whole) as Json;
    },
    machine: (name: string, States: Json, more: Json = {}): string => {
      const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(States)[0], States, ...more };
      engine.machines.put(
        arnOfMachine(name),
        { name, definition: JSON.stringify(definition), roleArn: 'role' },
        clock.now(),
      );
      return arnOfMachine(name);
    },
    start: (name: string, input: unknown = {}): Execution =>
      engine.start({ stateMachineArn: arnOfMachine(name), name: 'x', input: JSON.stringify(input) }),
    run: (seconds: number) => clock.run(clock.now() + seconds * 1000),
  };
};

export const typesOf = ({ history }: Execution) => history.events.map(({ type }) => type);

/** Epoch seconds after the start at which events of a type were written. */
export const timesOf = ({ history, startDate }: Execution, type: string) =>
  history.events
    .filter((event) => event.type === type)
    .map(({ timestamp }) => (Number(timestamp) - startDate.getTime()) / 1000);

export const outputOf = (execution: Execution): unknown => JSON.parse(execution.describe().output ?? 'null');
