import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../infra/functions.ts';
import { functionName } from '../../infra/names.ts';
import { readRollouts } from '../../infra/rollouts.ts';
import { WrongRollouts } from '../../infra/targets.ts';
import {
  podinfoYaml,
  resourcesOf,
  rolloutsFolder,
  synthesiseQuickly,
  targetsYaml,
  temporaryFolder,
} from './synthesised.ts';

describe('a folder of specs', () => {
  test('reads the example specs without a problem', () => {
    const { services, problems } = readRollouts(rolloutsFolder({ podinfo: podinfoYaml() }));
    expect(problems).toEqual([]);
    expect(services.map(({ spec, target }) => [spec.service, target.region])).toEqual([
      ['podinfo', 'eu-west-1'],
    ]);
  });

  test('takes files that begin with _ for something else', () => {
    expect(readRollouts(rolloutsFolder({ _notes: 'anything' })).services).toEqual([]);
  });

  test('lists every problem of every wrong spec, with its file', () => {
    const spec = podinfoYaml();
    const { problems } = readRollouts(
      rolloutsFolder({
        one: { ...spec, service: 'One', onNewer: 'nothing' },
        two: { ...spec, target: 'prod-us' },
      }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^one\.yaml: service: must have lower-case letters.*, got "One"$/),
      expect.stringMatching(/^one\.yaml: onNewer: must be queueLatest.*, got "nothing"$/),
      'two.yaml: target: is not in _targets.yaml, got "prod-us"; did you mean prod-eu?',
    ]);
  });

  test('says of a file that is no YAML where it breaks', () => {
    const { problems } = readRollouts(rolloutsFolder({ broken: 'service: [podinfo' }));
    expect(problems).toEqual([expect.stringMatching(/^broken\.yaml: is no YAML: .*line 1/)]);
  });

  test('refuses two specs that would be one stack', () => {
    const target = targetsYaml()['prod-eu'];
    const folder = rolloutsFolder({
      _targets: { eu: target, 'b-eu': target },
      one: { ...podinfoYaml(), service: 'a-b', target: 'eu' },
      two: { ...podinfoYaml(), service: 'a', target: 'b-eu' },
    });
    expect(readRollouts(folder).problems).toEqual([
      'two.yaml: service: would be the stack stepcanary-a-b-eu, which one.yaml is already; rename one of them, got "a"',
    ]);
  });

  test('refuses a spec whose stack would be an engine', () => {
    const folder = rolloutsFolder({
      _targets: { 'eu-west-1': targetsYaml()['prod-eu'] },
      engine: { ...podinfoYaml(), service: 'engine', target: 'eu-west-1' },
    });
    expect(readRollouts(folder).problems).toEqual([expect.stringContaining("which is an engine's")]);
  });

  test('says which folder is missing', () => {
    const missing = join(temporaryFolder(), 'rollouts');
    expect(() => readRollouts(missing)).toThrow(`${missing}: there is no such folder`);
  });

  test('says what is wrong with the targets', () => {
    const folder = rolloutsFolder({
      _targets: { 'prod-eu': { region: 'Ireland', account: 111122223333, clutser: 'prod' } },
    });
    expect(() => readRollouts(folder)).toThrow(WrongRollouts);
    expect(() => readRollouts(folder)).toThrow(
      /_targets\.yaml: prod-eu\.region: must be a region.*got "Ireland"/,
    );
    expect(() => readRollouts(folder)).toThrow(
      /prod-eu\.account: must be an account number.*in quotes.*got 111122223333/,
    );
    expect(() => readRollouts(folder)).toThrow(/prod-eu\.clutser: unknown key.*did you mean cluster\?/);
  });
});

describe('a wrong spec', () => {
  const folder = () => rolloutsFolder({ podinfo: podinfoYaml(), wrong: { ...podinfoYaml(), service: 5 } });

  test('stops a synthesis that nobody told what to do with problems', () => {
    expect(() => synthesiseQuickly({ rolloutsDirectory: folder() })).toThrow(
      /^wrong\.yaml: service: must be a text; put it in quotes, got 5$/,
    );
  });

  test('blocks only itself', () => {
    const heard: string[] = [];
    const assembly = synthesiseQuickly({
      rolloutsDirectory: folder(),
      onProblems: (problems) => heard.push(...problems),
    });
    expect(heard).toHaveLength(1);
    expect(Object.keys(resourcesOf(assembly, 'stepcanary-podinfo-prod-eu'))).not.toHaveLength(0);
    expect(assembly.stacks.map(({ stackName }) => stackName)).toEqual([
      'stepcanary-engine-eu-west-1',
      'stepcanary-podinfo-prod-eu',
    ]);
  });

  test('can be one that is too long for its parameter', () => {
    const spec = podinfoYaml() as { analysis: { source: { cloudWatch: { callers: string[] } } } };
    spec.analysis.source.cloudWatch.callers = Array.from(
      { length: 400 },
      (_, index) => `caller-number-${index}`,
    );
    expect(() => synthesiseQuickly({ rolloutsDirectory: rolloutsFolder({ long: spec }) })).toThrow(
      /^long\.yaml: the file: must fit into a parameter of 8192 bytes, got 9\d\d\d bytes; shorten its longest lists$/,
    );
  });
});

describe('targets', () => {
  const target = () => ({ ...targetsYaml()['prod-eu'] });
  const vpc = (last: string) => ({ subnetIds: [`subnet-0a1b2c3${last}`], securityGroupIds: ['sg-0a1b2c3d'] });

  test('get an engine an account and region, with ids that differ', () => {
    const rolloutsDirectory = rolloutsFolder({
      _targets: {
        'prod-eu': target(),
        'test-eu': { ...target(), cluster: 'test' },
        'prod-us': { ...target(), region: 'us-east-1' },
        'other-eu': { ...target(), account: '444455556666' },
      },
    });
    expect(
      synthesiseQuickly({ rolloutsDirectory }).stacks.map(({ id, environment }) => [id, environment.account]),
    ).toEqual([
      ['stepcanary-engine-eu-west-1-111122223333', '111122223333'],
      ['stepcanary-engine-eu-west-1-444455556666', '444455556666'],
      ['stepcanary-engine-us-east-1', '111122223333'],
    ]);
  });

  test('that share an engine cannot have two networks', () => {
    const rolloutsDirectory = rolloutsFolder({
      _targets: { 'prod-eu': { ...target(), vpc: vpc('a') }, 'test-eu': { ...target(), vpc: vpc('b') } },
    });
    expect(() => synthesiseQuickly({ rolloutsDirectory })).toThrow(
      /^_targets\.yaml: test-eu\.vpc: must be that of prod-eu, as both share the engine of 111122223333\/eu-west-1/,
    );
  });

  test('with a network put only the functions that talk to Kubernetes into it', () => {
    const rolloutsDirectory = rolloutsFolder({ _targets: { 'prod-eu': { ...target(), vpc: vpc('a') } } });
    const resources = resourcesOf(synthesiseQuickly({ rolloutsDirectory }), 'stepcanary-engine-eu-west-1');
    const inside = Object.values(resources)
      .filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties.VpcConfig)
      .map(({ Properties }) => Properties.FunctionName);
    expect(inside.sort()).toEqual(
      FUNCTIONS.filter(({ kubernetes }) => kubernetes)
        .map(({ name }) => functionName(name))
        .sort(),
    );
  });
});
