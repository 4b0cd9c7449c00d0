import { arnOf } from '../../aws/names.ts';
import { AwsError, type Behaviours, type Call } from '../../aws/service.ts';
import type { StepFunctionsEngine } from '../engine.ts';
import type { Revision } from '../state-machines.ts';
import { acceptDefinition, problemsIn } from './accept-definition.ts';
import { page } from './page.ts';

/** What every description of a machine or a version holds. */
export const describedRevision = ({ input, revisionId }: Revision) => ({
  name: input.name,
  definition: input.definition,
  roleArn: input.roleArn,
  loggingConfiguration: input.loggingConfiguration,
  tracingConfiguration: input.tracingConfiguration,
  revisionId,
});

const versionBehaviours = ({ machines }: StepFunctionsEngine): Behaviours => ({
  PublishStateMachineVersion({ stateMachineArn, revisionId }, call) {
    return {
      stateMachineVersionArn: machines.publish(stateMachineArn, revisionId),
      creationDate: new Date(call.now),
    };
  },
  ListStateMachineVersions(input) {
    const { items, rest } = page([...machines.get(input.stateMachineArn).versions].reverse(), input);
    const stateMachineVersions = items.map(([stateMachineVersionArn, { createdAt }]) => ({
      stateMachineVersionArn,
      creationDate: createdAt,
    }));
    return { stateMachineVersions, ...rest };
  },
  DeleteStateMachineVersion({ stateMachineVersionArn }) {
    machines.deleteVersion(stateMachineVersionArn);
    return {};
  },
});

const NO_EXPRESS = 'The sandbox runs state machines of type STANDARD, not EXPRESS.';

/** State machines and their versions. */
export const machineBehaviours = (engine: StepFunctionsEngine): Behaviours => ({
  CreateStateMachine(input, call: Call) {
    const { machines } = engine;
    if (input.type === 'EXPRESS') throw new AwsError('NotImplemented', NO_EXPRESS, 501);
    acceptDefinition(input.definition);
    const arn = arnOf('states', call.region, call.account, `stateMachine:${input.name}`);
    const { current } = machines.create(arn, input, call.now);
    return {
      stateMachineArn: arn,
      creationDate: current.createdAt,
      ...(input.publish === true && { stateMachineVersionArn: machines.publish(arn) }),
    };
  },
  UpdateStateMachine({ stateMachineArn, publish, versionDescription: _, ...changes }, call) {
    const { machines } = engine;
    const { current } = machines.get(stateMachineArn);
    if (changes.definition !== undefined) acceptDefinition(changes.definition);
    const { revisionId } = machines.put(stateMachineArn, { ...current.input, ...changes }, call.now).current;
    return {
      updateDate: new Date(call.now),
      revisionId,
      ...(publish === true && { stateMachineVersionArn: machines.publish(stateMachineArn) }),
    };
  },
  DeleteStateMachine({ stateMachineArn }) {
    engine.machines.delete(stateMachineArn);
    return {};
  },
  DescribeStateMachine({ stateMachineArn }) {
    const { machine, revision, versionArn } = engine.machines.resolve(stateMachineArn);
    return {
      stateMachineArn,
      status: 'ACTIVE',
      type: revision.input.type ?? 'STANDARD',
      creationDate: versionArn === undefined ? machine.createdAt : revision.createdAt,
      ...describedRevision(revision),
    };
  },
  ListStateMachines(input, { region, account }) {
    const mine = engine.machines
      .list()
      .filter(({ arn }) => arn.startsWith(`arn:aws:states:${region}:${account}:`));
    const { items, rest } = page(mine, input);
    const stateMachines = items.map(({ arn, current, createdAt }) => ({
      stateMachineArn: arn,
      name: current.input.name,
      type: current.input.type ?? 'STANDARD',
      creationDate: createdAt,
    }));
    return { stateMachines, ...rest };
  },
  ValidateStateMachineDefinition({ definition, maxResults }) {
    const problems = problemsIn(definition);
    const shown = problems.slice(0, maxResults || usualDiagnostics);
    return {
      result: problems.length === 0 ? 'OK' : 'FAIL',
      diagnostics: shown.map((message) => ({ severity: 'ERROR', code: codeOf(message), message })),
      truncated: shown.length < problems.length,
    };
  },
  ...versionBehaviours(engine),
});

/** Diagnostics in an answer where the caller names no number (ValidateStateMachineDefinition, `maxResults`). */
const usualDiagnostics = 100;

const codeOf = (problem: string) => /^[A-Z_]+(?=:|$)/.exec(problem)?.[0] ?? 'SCHEMA_VALIDATION_FAILED';
