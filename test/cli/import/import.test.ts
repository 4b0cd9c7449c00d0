import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { canary, steps } from '../../lambdas/core/spec/flagger/example-canary.ts';
import { folderOf } from '../folder.ts';
import { stepcanary } from '../stepcanary.ts';

const TUTORIAL = 'test/fixtures/flagger/podinfo-v1beta1.yaml';
const OLDER = 'test/fixtures/flagger/podinfo-v1alpha3.yaml';

/** A folder with these manifests, each a file of its own; gone after the test. */
const manifests = (files: Readonly<Record<string, unknown>>) =>
  folderOf(
    Object.fromEntries(
      Object.entries(files).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : stringify(value),
      ]),
    ),
  );

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'podinfo', namespace: 'test' },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: 'podinfod', image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/podinfo:6.0.0' },
        ],
      },
    },
  },
};

describe('stepcanary import', () => {
  test('writes a spec that validates, and says what differs', async () => {
    const out = manifests({});
    const imported = await stepcanary(['import', TUTORIAL, '--out', out, '--target', 'local']);
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toContain(`${join(out, 'podinfo.yaml')}: written, from podinfo.test`);
    expect(imported.out).toContain('spec.service.retries: ');
    const validated = await stepcanary(['validate', join(out, 'podinfo.yaml')]);
    expect(validated).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(out, 'podinfo.yaml'), 'utf8')).toMatch(
      /^# From Flagger's Canary podinfo in namespace test/,
    );
  });

  test('of one name in two namespaces makes two services, with routes of their own', async () => {
    const out = manifests({});
    const { code } = await stepcanary(['import', TUTORIAL, OLDER, '--out', out, '--target', 'local']);
    expect(code).toBe(0);
    for (const service of ['podinfo-test', 'podinfo-prod'])
      expect(readFileSync(join(out, `${service}.yaml`), 'utf8')).toContain(`virtualRouter: ${service}\n`);
  });

  test("reads kubectl's lists, and takes container and repository from the Deployment beside the Canary", async () => {
    const out = manifests({});
    const list = { apiVersion: 'v1', kind: 'List', items: [deployment, canary()] };
    writeFileSync(join(out, 'list.txt'), JSON.stringify(list));
    const { code, out: said } = await stepcanary([
      'import',
      join(out, 'list.txt'),
      '--out',
      out,
      '--target',
      'local',
      '--json',
    ]);
    expect(code).toBe(0);
    const [one] = JSON.parse(said) as [{ spec: object; notes: string[] }];
    expect(one).toMatchObject({
      ok: true,
      notes: [],
      spec: { workload: { container: 'podinfod' }, trigger: { ecr: { repository: 'team/podinfo' } } },
    });
  });

  test('overwrites nothing unless told to', async () => {
    const out = manifests({ 'podinfo.yaml': 'mine: true\n' });
    const asked = ['import', TUTORIAL, '--out', out, '--target', 'local'];
    const refused = await stepcanary(asked);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('is there already and differs; add --force');
    expect(readFileSync(join(out, 'podinfo.yaml'), 'utf8')).toBe('mine: true\n');
    expect((await stepcanary([...asked, '--force'])).code).toBe(0);
    const again = await stepcanary(asked);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('podinfo.yaml: as it was');
  });

  test('a wrong Canary leaves the others alone, and the command ends with 2', async () => {
    const good = { ...canary(), metadata: { name: 'cart', namespace: 'test' } };
    const out = manifests({
      'all.txt': `${stringify(steps({ stepWeight: 10, mirror: true }))}---\n${stringify(good)}`,
    });
    const {
      code,
      err,
      out: said,
    } = await stepcanary(['import', join(out, 'all.txt'), '--out', out, '--target', 'local']);
    expect(code).toBe(2);
    expect(err).toMatch(/all\.txt: podinfo\.test: spec\.analysis\.mirror: .*mirror/);
    expect(said).toContain('cart.yaml: written');
  });

  test.each([
    ['a file that is not there', {}, 'no.yaml', 'no.yaml: there is no such file'],
    ['no YAML', { 'a.txt': 'a: [' }, 'a.txt', 'a.txt: is not YAML'],
    [
      'a Helm template',
      { 'a.txt': 'kind: Canary\nmetadata:\n  name: {{ .Values.name }}\n' },
      'a.txt',
      'render it first',
    ],
    ['no Canary', { 'a.txt': stringify(deployment) }, 'a.txt', 'no Canary of flagger.app'],
    ['an empty file', { 'a.txt': '' }, 'a.txt', 'holds no manifest'],
    ['a folder', {}, '', 'is a folder'],
  ])('%s is one clear line, and nothing is written', async (_, files, file, said) => {
    const folder = manifests(files);
    const { code, err, out } = await stepcanary(['import', join(folder, file), '--out', join(folder, 'new')]);
    expect({ code, out, lines: err.trim().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
    expect(err).toContain(said);
  });

  test('a target must be named where there are several', async () => {
    const { code, err } = await stepcanary(['import', TUTORIAL, '--out', manifests({})]);
    expect(code).toBe(2);
    expect(err).toContain('--target: must be named');
  });
});
