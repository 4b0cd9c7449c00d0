import { describe, expect, test } from 'vitest';
import { addNag } from '../../infra/nag.ts';
import { ofType, podinfoYaml, rolloutsFolder, synthesiseQuickly } from './synthesised.ts';

/** CloudFormation: 500 resources and 1 MB a template. IAM: 10,240 characters of inline policies a role, without spaces. */
const RESOURCES = 500;
const TEMPLATE_BYTES = 1_000_000;
const INLINE_CHARACTERS = 10_240;
const SERVICES = 120;

describe(`${SERVICES} services`, () => {
  const spec = podinfoYaml();
  const specs = Object.fromEntries(
    Array.from({ length: SERVICES }, (_, index) => [
      `service-${index}`,
      { ...spec, service: `service-${index}` },
    ]),
  );
  const assembly = synthesiseQuickly({ rolloutsDirectory: rolloutsFolder(specs) });

  test('are a stack each, beside one engine', () => {
    expect(assembly.stacks).toHaveLength(SERVICES + 1);
  });

  test('keep every template within CloudFormation’s limits', () => {
    for (const { template } of assembly.stacks) {
      expect(Object.keys(template.Resources).length).toBeLessThan(RESOURCES);
      expect(Buffer.byteLength(JSON.stringify(template, undefined, 1))).toBeLessThan(TEMPLATE_BYTES);
    }
  });

  test('keep every role within its quota', () => {
    for (const { template } of assembly.stacks) {
      const characters = new Map<string, number>();
      for (const { Properties } of ofType(template.Resources, 'AWS::IAM::Policy')) {
        const [role] = Properties.Roles.map(({ Ref }: { Ref: string }) => Ref);
        const size = JSON.stringify(Properties.PolicyDocument).length;
        characters.set(role, (characters.get(role) ?? 0) + size);
      }
      for (const size of characters.values()) expect(size).toBeLessThan(INLINE_CHARACTERS);
    }
  });

  test('add nothing to the engine but a choice on its dashboard', () => {
    const [one] = synthesiseQuickly().stacks;
    const [many] = assembly.stacks;
    expect(Object.keys(many?.template.Resources)).toEqual(Object.keys(one?.template.Resources));
  });
});

describe('the checks of npm run synth', () => {
  test('find nothing that is not acknowledged, with and without a network', () => {
    const target = { region: 'eu-west-1', account: '111122223333', cluster: 'prod' };
    const vpc = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
    expect(() => synthesiseQuickly({ checks: addNag, quiet: false })).not.toThrow();
    expect(() =>
      synthesiseQuickly({
        checks: addNag,
        quiet: false,
        rolloutsDirectory: rolloutsFolder({
          _targets: { 'prod-eu': { ...target, vpc } },
          podinfo: podinfoYaml(),
        }),
      }),
    ).not.toThrow();
  });
});
