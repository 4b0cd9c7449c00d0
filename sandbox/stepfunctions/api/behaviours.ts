import { arnOf } from '../../aws/names.ts';
import type { Behaviours, Call } from '../../aws/service.ts';
import { pageOf } from '../../aws/services/paging.ts';
import type { StepFunctionsEngine } from '../engine.ts';
import type { Execution } from '../execution.ts';
import type { Revision, StateMachine } from '../state-machines.ts';

const MOST_IN_PAGE = 1000;
const INVALID_TOKEN = 'InvalidToken';

const page = <T>(
  all: readonly T[],
  { maxResults, nextToken }: { maxResults?: number; nextToken?: string },
) => {
  const { items, next } = pageOf(all, {
    size: maxResults || MOST_IN_PAGE,
    token: nextToken,
    invalid: INVALID_TOKEN,
  });
  return { items, rest: next === undefined ? {} : { nextToken: next } };
};

const describeMachine = ({ arn, versions }: StateMachine, { input, createdAt }: Revision, asked: string) => ({
  stateMachineArn: arn === asked ? arn : asked,
  name: input.name,
  status: 'ACTIVE',
  definition: input.definition,
  roleArn: input.roleArn,
  type: input.type ?? 'STANDARD',
  creationDate: createdAt,
  loggingConfiguration: input.loggingConfiguration,
  tracingConfiguration: input.tracingConfiguration,
  revisionId: versions.size === 0 ? 'INITIAL' : String(versions.size),
});

const listed = (execution: Execution) => {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate } = execution.describe();
  return { executionArn, stateMachineArn, name, status, startDate, ...(stopDate && { stopDate }) };
};

const machineBehaviours = ({ machines }: StepFunctionsEngine): Behaviours => ({
  CreateStateMachine(input, call: Call) {
    const arn = arnOf('states', call.region, call.account, `stateMachine:${input.name}`);
    const { current } = machines.put(arn, input, call.now);
    return {
      stateMachineArn: arn,
      creationDate: current.createdAt,
      ...(input.publish === true && { stateMachineVersionArn: machines.publish(arn) }),
    };
  },
  UpdateStateMachine({ stateMachineArn, publish, ...changes }, call) {
    const { current } = machines.get(stateMachineArn);
    machines.put(stateMachineArn, { ...current.input, ...changes }, call.now);
    return {
      updateDate: new Date(call.now),
      ...(publish === true && { stateMachineVersionArn: machines.publish(stateMachineArn) }),
    };
  },
  DeleteStateMachine({ stateMachineArn }) {
    machines.delete(stateMachineArn);
    return {};
  },
  DescribeStateMachine({ stateMachineArn }) {
    const { machine, revision } = machines.resolve(stateMachineArn);
    return describeMachine(machine, revision, stateMachineArn);
  },
  ListStateMachines(input, { region, account }) {
    const mine = machines.list().filter(({ arn }) => arn.startsWith(`arn:aws:states:${region}:${account}:`));
    const { items, rest } = page(mine, input);
    const stateMachines = items.map(({ arn, current }) => ({
      stateMachineArn: arn,
      name: current.input.name,
      type: current.input.type ?? 'STANDARD',
      creationDate: current.createdAt,
    }));
    return { stateMachines, ...rest };
  },
  PublishStateMachineVersion({ stateMachineArn }, call) {
    return { stateMachineVersionArn: machines.publish(stateMachineArn), creationDate: new Date(call.now) };
  },
  ListStateMachineVersions(input) {
    const { items, rest } = page([...machines.get(input.stateMachineArn).versions].reverse(), input);
    const stateMachineVersions = items.map(([stateMachineVersionArn, { createdAt }]) => ({
      stateMachineVersionArn,
      creationDate: createdAt,
    }));
    return { stateMachineVersions, ...rest };
  },
  CreateStateMachineAlias({ name, routingConfiguration }, call) {
    const version: string = routingConfiguration[0].stateMachineVersionArn;
    const stateMachineAliasArn = `${version.replace(/:\d+$/, '')}:${name}`;
    machines.putAlias(stateMachineAliasArn, version);
    return { stateMachineAliasArn, creationDate: new Date(call.now) };
  },
});

const executionBehaviours = (engine: StepFunctionsEngine): Behaviours => ({
  StartExecution({ stateMachineArn, name, input }) {
    const { start, startDate } = engine.start({ stateMachineArn, name, input });
    return { executionArn: start.arn, startDate };
  },
  DescribeExecution: ({ executionArn }) => engine.execution(executionArn).describe(),
  ListExecutions({ stateMachineArn, statusFilter, ...paging }) {
    engine.machines.get(stateMachineArn);
    const all = engine.executions(stateMachineArn);
    const { items, rest } = page(
      all.filter(({ status }) => statusFilter === undefined || status === statusFilter),
      paging,
    );
    return { executions: items.map(listed), ...rest };
  },
  GetExecutionHistory({ executionArn, reverseOrder = false, includeExecutionData = true, ...paging }) {
    const { events } = engine.execution(executionArn).history;
    const { items, rest } = page(reverseOrder ? events.toReversed() : events, paging);
    return { events: includeExecutionData ? items : items.map(withoutData), ...rest };
  },
  StopExecution({ executionArn, error, cause }, call) {
    engine.execution(executionArn).stop(error, cause);
    return { stopDate: engine.execution(executionArn).describe().stopDate ?? new Date(call.now) };
  },
});

/** Inputs and outputs are left out where they were not asked for. */
const withoutData = <T extends object>(event: T): T =>
  JSON.parse(JSON.stringify(event), (key, value: unknown) => {
    if (key === 'timestamp') return new Date(String(value));
    // Required by the schema of the events that have it.
    if (key === 'parameters') return '';
    return key === 'input' || key === 'output' ? undefined : value;
  }) as T;

const tokenBehaviours = ({ tokens }: StepFunctionsEngine): Behaviours => ({
  SendTaskSuccess({ taskToken, output }) {
    tokens.success(taskToken, output);
    return {};
  },
  SendTaskFailure({ taskToken, error, cause }) {
    tokens.failure(taskToken, error, cause);
    return {};
  },
  SendTaskHeartbeat({ taskToken }) {
    tokens.heartbeat(taskToken);
    return {};
  },
});

/** The Step Functions API over an engine. */
export const stepFunctionsBehaviours = (engine: StepFunctionsEngine): Behaviours => ({
  ...machineBehaviours(engine),
  ...executionBehaviours(engine),
  ...tokenBehaviours(engine),
});
