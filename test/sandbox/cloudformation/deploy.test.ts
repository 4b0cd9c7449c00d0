// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables so.
import { describe, expect, it } from 'vitest';
import type { AssemblyStack } from '../../../sandbox/cloudformation/assembly.ts';
import { deployStacks } from '../../../sandbox/cloudformation/deploy.ts';
import { physicalName, type ResourceProviders } from '../../../sandbox/cloudformation/provider.ts';
import type { Template } from '../../../sandbox/cloudformation/template.ts';

/** Deploys templates whose resources are things: `Ref` is the logical id, `Arn` is `arn:ID`; returns what each got. */
const deploy = async (templates: Record<string, Template>, more: Partial<AssemblyStack> = {}) => {
  const created: Record<string, unknown> = {};
  const providers: ResourceProviders = {
    'Test::Thing': (properties, { logicalId }) => {
      created[logicalId] = properties;
      if (properties.Fail !== undefined) throw new Error(String(properties.Fail));
      return { ref: logicalId, attributes: { Arn: `arn:${logicalId}`, 'Endpoint.Port': 80 } };
    },
  };
  const stacks = Object.entries(templates).map(
    ([name, template]): AssemblyStack => ({
      name,
      region: undefined,
      account: undefined,
      template,
      parameters: {},
      assets: new Map(),
      ...more,
    }),
  );
  const deployed = await deployStacks(stacks, {
    region: 'eu-west-1',
    account: '123456789012',
    providers,
    dynamicReference: async (service, reference) => `${service}=${reference}`,
    exports: new Map(),
    call: async () => ({}),
  });
  return { created, deployed };
};

const thing = (Properties: Record<string, unknown>, rest = {}) => ({
  Type: 'Test::Thing',
  Properties,
  ...rest,
});

describe('intrinsic functions', () => {
  it('give the values that CloudFormation gives', async () => {
    const { created } = await deploy({
      stack: {
        Parameters: {
          Stage: { Type: 'String', Default: 'prod' },
          Zones: { Type: 'CommaDelimitedList', Default: 'a,b' },
          Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/bootstrap/version' },
        },
        Mappings: { Size: { prod: { pods: 4 } } },
        Conditions: {
          IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
          NotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
          Either: { 'Fn::Or': [{ Condition: 'NotProd' }, { 'Fn::And': [{ Condition: 'IsProd' }] }] },
        },
        Resources: {
          Other: thing({}),
          Skipped: thing({}, { Condition: 'NotProd' }),
          Main: thing({
            join: { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, { Ref: 'AWS::Region' }]] },
            sub: { 'Fn::Sub': 'x ${Other} ${Other.Arn} ${!Literal} ${AWS::AccountId}' },
            subMap: { 'Fn::Sub': ['${A}/${Stage}', { A: { Ref: 'Other' } }] },
            nested: { 'Fn::GetAtt': ['Other', 'Endpoint.Port'] },
            select: { 'Fn::Select': [1, { 'Fn::Split': ['|', 'a|b'] }] },
            chosen: { 'Fn::If': ['IsProd', 'yes', { Ref: 'Skipped' }] },
            either: { 'Fn::If': ['Either', 1, 0] },
            left: { 'Fn::If': ['NotProd', 'no', { Ref: 'AWS::NoValue' }] },
            list: [1, { Ref: 'AWS::NoValue' }, { Ref: 'Zones' }],
            pods: { 'Fn::FindInMap': ['Size', { Ref: 'Stage' }, 'pods'] },
            version: { Ref: 'Version' },
            secret: 'token {{resolve:secretsmanager:slack:SecretString:url}} end',
            suffix: { Ref: 'AWS::URLSuffix' },
          }),
        },
      },
    });
    expect(created).toEqual({
      Other: {},
      Main: {
        join: 'a-prod-eu-west-1',
        sub: 'x Other arn:Other ${Literal} 123456789012',
        subMap: 'Other/prod',
        nested: 80,
        select: 'b',
        chosen: 'yes',
        either: 1,
        list: [1, ['a', 'b']],
        pods: 4,
        version: 'ssm=/bootstrap/version',
        secret: 'token secretsmanager=slack:SecretString:url end',
        suffix: 'amazonaws.com',
      },
    });
  });
});

describe('the order of resources', () => {
  it('follows Ref, GetAtt, Sub and DependsOn, over stacks by exports', async () => {
    const { created, deployed } = await deploy({
      first: {
        Resources: {
          A: thing({ from: { 'Fn::Sub': '${B}' } }),
          B: thing({ from: { 'Fn::GetAtt': 'C.Arn' } }, { DependsOn: ['D'] }),
          C: thing({}),
          D: thing({}),
        },
        Outputs: { Out: { Value: { Ref: 'A' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:a' } } } },
      },
      second: { Resources: { E: thing({ a: { 'Fn::ImportValue': 'first:a' } }) } },
    });
    expect(Object.keys(created)).toEqual(['D', 'C', 'B', 'A', 'E']);
    expect(created.E).toEqual({ a: 'A' });
    expect(deployed[0]?.outputs).toEqual({ Out: 'A' });
  });

  it('names the resources of a circle', async () => {
    const Resources = { A: thing({ b: { Ref: 'B' } }), B: thing({ a: { Ref: 'A' } }) };
    await expect(deploy({ stack: { Resources } })).rejects.toThrow('circle: A → B → A');
  });
});

describe('a template that cannot be deployed', () => {
  it('is refused before anything is created, with every unknown type', async () => {
    const Resources = { A: { Type: 'AWS::EC2::VPC' }, B: thing({}), C: { Type: 'Custom::Thing' } };
    await expect(deploy({ net: { Resources } })).rejects.toThrow(
      'stack net, resource A: the sandbox has no AWS::EC2::VPC\nstack net, resource C: the sandbox has no Custom::Thing',
    );
  });

  it.each([
    [{ Ref: 'Nobody' }, 'there is no resource or parameter Nobody'],
    [{ 'Fn::GetAtt': ['Ok', 'Url'] }, 'Ok has no attribute Url'],
    [{ 'Fn::Cidr': ['10.0.0.0/8', 1] }, 'the function Fn::Cidr is not in the sandbox'],
    [{ 'Fn::ImportValue': 'gone' }, 'no stack exports gone'],
    ['because', 'because'],
  ])('names stack, resource and type: %j', async (Fail, reason) => {
    const Resources = { Ok: thing({}), Bad: thing({ Fail }) };
    await expect(deploy({ stack: { Resources } })).rejects.toThrow(
      `stack stack, resource Bad (Test::Thing): ${reason}`,
    );
  });
});

describe('physical names', () => {
  it('stay the same, keep to the limit and say stack and resource', () => {
    expect(physicalName('engine', 'Topic', 256)).toBe(physicalName('engine', 'Topic', 256));
    expect(physicalName('engine', 'Topic', 256)).toMatch(/^engine-Topic-[0-9A-F]{12}$/);
    const long = physicalName('s'.repeat(60), 'L'.repeat(60), 64);
    expect(long).toMatch(/^s+-L+-[0-9A-F]{12}$/);
    expect(long).toHaveLength(64);
  });
});
