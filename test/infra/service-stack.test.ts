import { beforeAll, describe, expect, test } from 'vitest';
import { ruleName } from '../../infra/names.ts';
import { readRollouts } from '../../infra/rollouts.ts';
import { imagePattern } from '../../infra/service/start-rule.ts';
import { ROLLOUTS_DIRECTORY } from '../../infra/synthesise.ts';
import { parameterName as readFrom } from '../../lambdas/adapters/spec-parameters.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';
import {
  ofType,
  podinfoYaml,
  type Resource,
  resourcesOf,
  rolloutsFolder,
  synthesiseQuickly,
} from './synthesised.ts';

const STACK = 'stepcanary-podinfo-prod-eu';
const ROLE_ARN = 'arn:aws:iam::111122223333:role/stepcanary/service/podinfo';
const MESH = 'arn:aws:appmesh:eu-west-1:111122223333:mesh/global';
const ROUTE = `${MESH}/virtualRouter/podinfo-router/route/podinfo`;
const NODES = [`${MESH}/virtualNode/podinfo-canary`, `${MESH}/virtualNode/podinfo-primary`];
let resources: Record<string, Resource>;

beforeAll(() => {
  resources = resourcesOf(synthesiseQuickly(), STACK);
});

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}
const list = (value: string | string[]): string[] => [value].flat();
const statements = (from = resources): Statement[] =>
  ofType(from, 'AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
const reach = (action: string, from = resources): string[] =>
  statements(from)
    .filter(({ Action }) => list(Action).includes(action))
    .flatMap(({ Resource }) => list(Resource))
    .sort();

describe('the role of a service', () => {
  test.each([
    ['appmesh:DescribeRoute', [ROUTE]],
    ['appmesh:UpdateRoute', [...NODES, ROUTE].sort()],
    ['appmesh:ListTagsForResource', [ROUTE]],
    ['appmesh:TagResource', [ROUTE]],
    ['appmesh:DescribeVirtualRouter', [`${MESH}/virtualRouter/podinfo-router`]],
    ['appmesh:DescribeVirtualNode', NODES],
    ['eks:DescribeCluster', ['arn:aws:eks:eu-west-1:111122223333:cluster/prod']],
    ['ecr:DescribeImages', ['arn:aws:ecr:eu-west-1:111122223333:repository/podinfo']],
    [
      'secretsmanager:GetSecretValue',
      ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack/deployments-??????'],
    ],
  ])('reaches with %s exactly what the spec names', (action, arns) => {
    expect(reach(action)).toEqual(arns);
  });

  test('has * only for reading metrics and traces, where AWS has nothing finer', () => {
    const everywhere = statements().filter(({ Resource }) => list(Resource).includes('*'));
    expect(everywhere.flatMap(({ Action }) => list(Action)).sort()).toEqual([
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
      'xray:GetTimeSeriesServiceStatistics',
    ]);
  });

  test('reaches the Prometheus workspace that the spec names, and one only where it names one', () => {
    const search = resourcesOf(synthesiseQuickly(), 'stepcanary-search-prod-eu');
    expect(reach('aps:QueryMetrics', search)).toEqual([
      'arn:aws:aps:eu-west-1:111122223333:workspace/ws-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
    ]);
    expect(reach('aps:QueryMetrics')).toEqual([]);
  });

  test('has no action with a wildcard', () => {
    for (const { Action } of statements()) expect(list(Action).join()).not.toContain('*');
  });

  test('trusts the functions of the engine, which say for which execution they act', () => {
    const [role] = ofType(resources, 'AWS::IAM::Role');
    expect(role?.Properties.Path).toBe('/stepcanary/service/');
    const trust = role?.Properties.AssumeRolePolicyDocument.Statement;
    for (const statement of trust) {
      expect(statement.Principal).toEqual({ AWS: 'arn:aws:iam::111122223333:root' });
      expect(statement.Condition).toEqual({
        ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::111122223333:role/stepcanary/engine/*' },
      });
    }
    expect(trust.flatMap(({ Action }: Statement) => list(Action)).sort()).toEqual([
      'sts:AssumeRole',
      'sts:SetSourceIdentity',
      'sts:TagSession',
    ]);
  });

  test('reads exactly the secrets that let it into the Prometheus servers of its spec', () => {
    const reader = { url: 'https://prometheus.example.com', auth: { secret: 'prometheus/reader' } };
    const headers = { 'X-Scope-OrgID': 'shop', 'X-Api-Key': 'secret:prometheus/key' };
    const written = podinfoYaml();
    const analysis = written.analysis as { readonly metrics: readonly object[] };
    const podinfo = {
      ...written,
      analysis: {
        ...analysis,
        metrics: [
          ...analysis.metrics,
          { name: 'queue-depth', query: 'queue_depth', max: 9, source: { prometheus: reader } },
          {
            name: 'orders',
            query: 'orders',
            min: 1,
            source: { prometheus: { url: 'https://other.example.com', headers } },
          },
        ],
      },
    };
    const rolloutsDirectory = rolloutsFolder({ podinfo });
    const from = resourcesOf(synthesiseQuickly({ rolloutsDirectory }), STACK);
    const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:';
    expect(reach('secretsmanager:GetSecretValue', from)).toEqual([
      `${secret}prometheus/key-??????`,
      `${secret}prometheus/reader-??????`,
      `${secret}slack/deployments-??????`,
    ]);
  });

  test('reaches the secrets and functions that hooks name, and no others', () => {
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:halt-switch:live';
    const hooks = [
      {
        name: 'tests',
        url: 'https://tests.example.com',
        headers: { Authorization: 'secret:hooks/tests', 'X-Team': 'web' },
      },
      { name: 'halt', type: 'rollback', function: arn },
    ];
    const rolloutsDirectory = rolloutsFolder({ podinfo: { ...podinfoYaml(), alerts: { sns: true }, hooks } });
    const from = resourcesOf(synthesiseQuickly({ rolloutsDirectory }), STACK);
    expect(reach('secretsmanager:GetSecretValue', from)).toEqual([
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hooks/tests-??????',
    ]);
    expect(reach('lambda:InvokeFunction', from)).toEqual([arn]);
    expect(reach('lambda:InvokeFunction')).toEqual([]);
  });

  test('makes and takes away exactly one route where the spec is A/B, and none where it is not (I4)', () => {
    const strategy = { ab: { match: [{ headers: { 'x-canary': { exact: 'insider' } } }] } };
    const rolloutsDirectory = rolloutsFolder({ podinfo: { ...podinfoYaml(), strategy } });
    const from = resourcesOf(synthesiseQuickly({ rolloutsDirectory }), STACK);
    const matched = `${ROUTE}-ab`;
    expect(reach('appmesh:CreateRoute', from)).toEqual([...NODES, matched].sort());
    expect(reach('appmesh:DeleteRoute', from)).toEqual([matched]);
    expect(reach('appmesh:TagResource', from)).toEqual([ROUTE, matched]);
    expect([...new Set(reach('appmesh:UpdateRoute', from))]).toEqual([...NODES, ROUTE, matched].sort());
    // Which priorities are taken: read, of this virtual router only.
    expect(reach('appmesh:DescribeRoute', from)).toEqual([
      `${MESH}/virtualRouter/podinfo-router/route/*`,
      ROUTE,
    ]);
    for (const action of ['appmesh:CreateRoute', 'appmesh:DeleteRoute']) expect(reach(action)).toEqual([]);
  });

  test('looks at the canary’s pod template each minute where the spec wants it, and only there', () => {
    const schedules = (from: Parameters<typeof ofType>[0]) =>
      ofType(from, 'AWS::Events::Rule').map(({ Properties }) => Properties.ScheduleExpression);
    const rolloutsDirectory = rolloutsFolder({
      podinfo: { ...podinfoYaml(), trigger: { ecr: { repository: 'podinfo', tags: [] }, template: true } },
    });
    const from = resourcesOf(synthesiseQuickly({ rolloutsDirectory }), STACK);
    expect(schedules(from)).toEqual([undefined, 'rate(1 minute)']);
    expect(schedules(resources)).toEqual([undefined]);
    // Without tags no push starts anything; a request still does.
    expect(JSON.stringify(ofType(from, 'AWS::Events::Rule')[0])).not.toContain('aws.ecr');
  });

  test('reads no secret when the spec names none', () => {
    const rolloutsDirectory = rolloutsFolder({ podinfo: { ...podinfoYaml(), alerts: { sns: true } } });
    expect(
      reach('secretsmanager:GetSecretValue', resourcesOf(synthesiseQuickly({ rolloutsDirectory }), STACK)),
    ).toEqual([]);
  });

  test('reaches a shared mesh in its owner’s account', () => {
    const spec = podinfoYaml() as { router: { appMesh: object } };
    spec.router.appMesh = { ...spec.router.appMesh, meshOwner: '444455556666' };
    const from = resourcesOf(
      synthesiseQuickly({ rolloutsDirectory: rolloutsFolder({ podinfo: spec }) }),
      STACK,
    );
    expect(reach('appmesh:DescribeRoute', from)).toEqual([
      ROUTE,
      ROUTE.replace('111122223333', '444455556666'),
    ]);
  });

  test('is known to the cluster by the group of the service', () => {
    const [entry] = ofType(resources, 'AWS::EKS::AccessEntry');
    expect(entry?.Properties).toMatchObject({
      ClusterName: 'prod',
      KubernetesGroups: ['stepcanary:test:podinfo'],
    });
    expect(resources[entry?.Properties.PrincipalArn['Fn::GetAtt'][0]]?.Type).toBe('AWS::IAM::Role');
  });
});

describe('the spec as data', () => {
  const parameter = () => ofType(resources, 'AWS::SSM::Parameter')[0]?.Properties ?? {};

  test('stands where the functions read it', () => {
    expect(parameter().Name).toBe(readFrom('podinfo@prod-eu'));
    expect(parameter().Tier).toBe('Intelligent-Tiering');
  });

  test('is an execution’s input but for the release, with a spec that parses to itself', () => {
    const text = parameter().Value['Fn::Join'][1].map((part: unknown) =>
      typeof part === 'string' ? part : ROLE_ARN,
    );
    const { service, spec, target, roleArn, ...rest } = JSON.parse(text.join(''));
    expect(rest).toEqual({});
    expect([service, roleArn]).toEqual(['podinfo@prod-eu', ROLE_ARN]);
    expect(target).toEqual({
      name: 'prod-eu',
      region: 'eu-west-1',
      account: '111122223333',
      cluster: 'prod',
    });
    expect(parseSpec(spec)).toEqual({ ok: true, value: spec });
  });
});

describe('the rule of a service', () => {
  const rule = () => ofType(resources, 'AWS::Events::Rule')[0]?.Properties ?? {};

  test('matches pushes and replications of the tags that the spec names', () => {
    expect(rule().EventPattern.$or[0]).toEqual({
      source: ['aws.ecr'],
      'detail-type': ['ECR Image Action', 'ECR Replication Action'],
      detail: {
        'action-type': ['PUSH', 'REPLICATE'],
        result: ['SUCCESS'],
        'repository-name': ['podinfo'],
        'image-tag': [{ wildcard: '6.*' }],
      },
    });
  });

  test('matches requests for this very service in this very target', () => {
    expect(rule().EventPattern.$or.slice(1)).toEqual([
      {
        source: ['stepcanary'],
        'detail-type': ['Release Requested'],
        detail: { service: ['podinfo@prod-eu'] },
      },
    ]);
  });

  test('wants a tag even when any will do, as children of a multi-arch image have none', () => {
    expect(imagePattern({ repository: 'podinfo', tags: ['*'] }).detail['image-tag']).toEqual([
      { exists: true },
    ]);
  });

  test('hands start-rollout the whole event, and keeps what it could not deliver', () => {
    const [target] = rule().Targets;
    expect(target.Arn).toBe('arn:aws:lambda:eu-west-1:111122223333:function:stepcanary-start-rollout');
    expect(target.DeadLetterConfig.Arn).toBe('arn:aws:sqs:eu-west-1:111122223333:stepcanary-undelivered');
    const event = { 'detail-type': 'ECR Image Action' };
    const sent = target.InputTransformer.InputTemplate.replace(
      '<aws.events.event.json>',
      JSON.stringify(event),
    );
    expect(JSON.parse(sent)).toEqual({
      service: 'podinfo@prod-eu',
      event,
    });
  });

  test('has a name that the engine permits and EventBridge takes, however long the service’s is', () => {
    const long = { service: 's'.repeat(30), target: 't'.repeat(30) };
    expect(ruleName(long)).toMatch(/^stepcanary-[a-z0-9-]{1,53}$/);
    expect(ruleName(long)).not.toBe(ruleName({ ...long, target: `${'t'.repeat(29)}u` }));
    expect(rule().Name).toBe('stepcanary-podinfo-prod-eu');
  });
});

test('the example specs of the repository are without a problem', () => {
  expect(readRollouts(ROLLOUTS_DIRECTORY).problems).toEqual([]);
});
