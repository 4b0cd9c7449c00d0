import { VirtualClock } from '../../sandbox/clock.ts';
import { problemsIn } from '../../sandbox/stepfunctions/api/accept-definition.ts';
import { StepFunctionsEngine } from '../../sandbox/stepfunctions/engine.ts';
import { TaskFailure } from '../../sandbox/stepfunctions/failure.ts';
import type { TaskCall } from '../../sandbox/stepfunctions/line.ts';
import type { Answer, Case } from './cases/case.ts';

/** How an execution ended, and its history. */
export interface Ran {
  readonly status?: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
  readonly refused?: string;
  readonly hangs?: boolean;
}

const functionsOf = (tasks: Case['tasks']) => {
  const left = new Map(Object.entries(tasks).map(([name, answers]) => [name, [...answers]]));
  return async ({ arguments: given }: TaskCall): Promise<unknown> => {
    const { FunctionName, Payload } = given as { FunctionName: string; Payload?: unknown };
    const answers = left.get(FunctionName) ?? [{ echo: true }];
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Answer;
    if ('error' in answer) {
      const cause = JSON.stringify({ errorType: answer.error, errorMessage: answer.cause });
      throw new TaskFailure(answer.error, cause);
    }
    const value = 'echo' in answer ? Payload : answer.payload;
    return { ExecutedVersion: '$LATEST', Payload: value, StatusCode: 200 };
  };
};

/** Runs a case in the sandbox's interpreter, in virtual time. */
export const runHere = async ({ definition, input, tasks }: Case): Promise<Ran> => {
  const text = JSON.stringify(definition);
  const problems = problemsIn(text);
  if (problems.length > 0) return { refused: problems.join(', ') };
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const engine = new StepFunctionsEngine({
    clock,
    random: () => 0.5,
    region: 'eu-west-1',
    runTask: functionsOf(tasks),
  });
  const stateMachineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:compared';
  engine.machines.put(stateMachineArn, { name: 'compared', definition: text, roleArn: 'role' }, 0);
  const execution = engine.start({ stateMachineArn, name: 'x', input: JSON.stringify(input) });
  await clock.run(clock.now() + 86_400_000);
  return JSON.parse(JSON.stringify({ ...execution.describe(), events: execution.history.events })) as Ran;
};
