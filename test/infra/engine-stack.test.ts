import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkSubstitutions, readDefinition } from '../../infra/engine/definition.ts';
import { FUNCTIONS, STATE_FUNCTIONS } from '../../infra/functions.ts';
import { functionName, substitutionOf } from '../../infra/names.ts';
import { ofType, type Resource, resourcesOf, synthesiseQuickly } from './synthesised.ts';

const STACK = 'stepcanary-engine-eu-west-1';
let directory: string;
let resources: Record<string, Resource>;

beforeAll(() => {
  const assembly = synthesiseQuickly();
  directory = assembly.directory;
  resources = resourcesOf(assembly, STACK);
});

const functionCalled = (name: string): Resource => {
  const found = ofType(resources, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties.FunctionName === functionName(name),
  );
  if (found === undefined) throw new Error(`the template has no function ${name}`);
  return found;
};

const machine = () => ofType(resources, 'AWS::StepFunctions::StateMachine')[0]?.Properties ?? {};

describe('the state machine', () => {
  test('has its definition as text in the template, unchanged', () => {
    expect(machine().DefinitionString).toBe(readDefinition());
    expect(JSON.parse(machine().DefinitionString)).toHaveProperty('States');
  });

  test.each(STATE_FUNCTIONS.map(({ name }) => name))(
    'calls a published version of %s by its own name',
    (name) => {
      const version = resources[machine().DefinitionSubstitutions[substitutionOf(name)].Ref];
      expect(version?.Type).toBe('AWS::Lambda::Version');
      const called = resources[version?.Properties.FunctionName.Ref];
      expect(called?.Properties.FunctionName).toBe(functionName(name));
    },
  );

  test('substitutes what the definition uses, and nothing else', () => {
    const used = [...machine().DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(
      ([, key]: RegExpMatchArray) => key,
    );
    expect(Object.keys(machine().DefinitionSubstitutions).sort()).toEqual([...new Set(used)].sort());
  });

  test('is found by its name, logs everything with data, and is traced', () => {
    expect(machine()).toMatchObject({
      StateMachineName: 'stepcanary-rollout',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
  });

  test('may still call the versions of the engine before', () => {
    const versions = ofType(resources, 'AWS::Lambda::Version') as (Resource & { DeletionPolicy?: string })[];
    for (const version of versions) expect(version.DeletionPolicy).toBe('Retain');
    const role = ofType(resources, 'AWS::IAM::Policy').find(({ Properties }) =>
      JSON.stringify(Properties.Roles).includes('"Ref":"RolloutRole'),
    );
    const [invoke] = role?.Properties.PolicyDocument.Statement ?? [];
    expect(invoke.Resource).toContain('arn:aws:lambda:eu-west-1:111122223333:function:stepcanary-restore:*');
  });
});

describe('a definition', () => {
  const known = ['ShiftTrafficFunctionArn'];
  const using = (...keys: string[]): string => keys.map((key) => `"$\{${key}}"`).join(' ');

  test('with a substitution of no function is refused', () => {
    expect(() => checkSubstitutions(using(...known, 'ShiftTraficFunctionArn'), known)).toThrow(
      /^statemachine\/rollout\.asl\.json: \$\{ShiftTraficFunctionArn} names no function of infra\/functions\.ts$/,
    );
  });

  test('that leaves a function out is refused', () => {
    expect(() => checkSubstitutions('{}', known)).toThrow(/no state uses \$\{ShiftTrafficFunctionArn}$/);
  });

  test('that uses each of them is taken', () => {
    expect(() => checkSubstitutions(using(...known, ...known), known)).not.toThrow();
  });
});

describe('functions', () => {
  test('are those of the table, each with its own code', () => {
    const functions = ofType(resources, 'AWS::Lambda::Function');
    expect(functions.map(({ Properties }) => Properties.FunctionName).sort()).toEqual(
      FUNCTIONS.map(({ name }) => functionName(name)).sort(),
    );
    for (const { name } of FUNCTIONS) {
      const key: string = functionCalled(name).Properties.Code.S3Key;
      const code = join(directory, `asset.${key.replace('.zip', '')}`, 'index.cjs');
      expect(existsSync(code) && readFileSync(code, 'utf8')).toContain(`'${name}'`);
    }
  });

  test('run on arm64 and Node 24, traced, with the names that Powertools asks for', () => {
    for (const { Properties } of ofType(resources, 'AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        Environment: {
          Variables: { POWERTOOLS_SERVICE_NAME: 'stepcanary', POWERTOOLS_METRICS_NAMESPACE: 'stepcanary' },
        },
      });
      expect(Properties.LoggingConfig.LogGroup).toBeDefined();
    }
  });

  test('get the environment that their grants need, and no more', () => {
    const own = (name: string) =>
      Object.keys(functionCalled(name).Properties.Environment.Variables)
        .filter((key) => !/^(POWERTOOLS_|LOG_LEVEL)/.test(key))
        .sort();
    expect(own('shift-traffic')).toEqual(['TABLE_NAME']);
    expect(own('deploy-canary')).toEqual([]);
    expect(own('announce')).toEqual(['RUNBOOK', 'TOPIC_ARN']);
    expect(own('start-rollout')).toEqual(['READ_WORKLOAD_FUNCTION', 'STATE_MACHINE_ARN', 'TABLE_NAME']);
    expect(own('rescue')).toEqual([
      'RETIRE_CANARY_FUNCTION',
      'RUNBOOK',
      'STATE_MACHINE_ARN',
      'TABLE_NAME',
      'TOPIC_ARN',
    ]);
  });

  test('outside the machine keep what they could not handle', () => {
    const configured = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => [
      resources[Properties.FunctionName.Ref]?.Properties.FunctionName,
      resources[Properties.DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]]?.Properties.QueueName,
    ]);
    expect(configured.sort()).toEqual(
      ['rescue', 'start-rollout', 'watchdog'].map((name) => [functionName(name), 'stepcanary-undelivered']),
    );
  });
});

describe('events', () => {
  const rule = (name: string) =>
    ofType(resources, 'AWS::Events::Rule').find(({ Properties }) => Properties.Name === name)?.Properties ??
    {};
  const target = (name: string) =>
    resources[rule(name).Targets[0].Arn['Fn::GetAtt'][0]]?.Properties.FunctionName;

  test('of an execution that ended without a Catch call rescue', () => {
    expect(rule('stepcanary-execution-ended').EventPattern).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: ['arn:aws:states:eu-west-1:111122223333:stateMachine:stepcanary-rollout'],
        status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
      },
    });
    expect(target('stepcanary-execution-ended')).toBe('stepcanary-rescue');
  });

  test('call the watchdog each minute', () => {
    expect(rule('stepcanary-every-minute').ScheduleExpression).toBe('rate(1 minute)');
    expect(target('stepcanary-every-minute')).toBe('stepcanary-watchdog');
  });

  test('of all services may call start-rollout by one permission', () => {
    const permissions = ofType(resources, 'AWS::Lambda::Permission').filter(
      ({ Properties }) =>
        resources[Properties.FunctionName['Fn::GetAtt'][0]]?.Properties.FunctionName ===
        'stepcanary-start-rollout',
    );
    expect(permissions.map(({ Properties }) => Properties.SourceArn)).toEqual([
      'arn:aws:events:eu-west-1:111122223333:rule/stepcanary-*',
    ]);
    // The ARN has the account; SourceAccount is for callers whose ARNs have none, and EventBridge need not send it.
    expect(permissions.map(({ Properties }) => Properties.SourceAccount)).toEqual([undefined]);
  });
});

describe('the table', () => {
  test('can be restored to any point in time and cannot be deleted by mistake', () => {
    const [table] = ofType(resources, 'AWS::DynamoDB::Table') as (Resource & { DeletionPolicy: string })[];
    expect(table?.DeletionPolicy).toBe('Retain');
    expect(table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  test('can be deleted where it was said to be disposable', () => {
    const [table] = ofType(
      resourcesOf(synthesiseQuickly({ disposable: true }), STACK),
      'AWS::DynamoDB::Table',
    );
    expect(table?.Properties.DeletionProtectionEnabled).toBe(false);
  });
});

test('no asset of the engine holds anything but the module itself', () => {
  const assets = readdirSync(directory).filter((name) => name.startsWith('asset.'));
  expect(assets).toHaveLength(FUNCTIONS.length);
  for (const asset of assets) expect(readdirSync(join(directory, asset))).toEqual(['index.cjs']);
});
