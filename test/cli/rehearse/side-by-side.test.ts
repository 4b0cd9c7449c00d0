import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stepcanary } from '../stepcanary.ts';

const SCENARIOS = 'test/scenarios';
const folder = mkdtempSync(join(tmpdir(), 'rehearse-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const scenarioIn = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

test('several files print a line each, in their order, whichever ends first; one that is not as expected ends with 1', async () => {
  const wrong = scenarioIn(
    'wrong.yaml',
    `name: ends otherwise\nrollout: ${join(process.cwd(), SCENARIOS, '_rollouts/quick.yaml')}\n` +
      'timeline: [{ at: 0s, push: "6.0.0" }]\nexpect: { outcome: promoted }\n',
  );
  const { code, out, err } = await stepcanary([
    'rehearse',
    `${SCENARIOS}/people/abort.yaml`,
    wrong,
    `${SCENARIOS}/events/push-of-what-runs.yaml`,
  ]);
  expect(err).toBe('');
  expect(code).toBe(1);
  expect(out.split('\n').map((line) => line.replace(/: .*/, ''))).toEqual([
    expect.stringMatching(/^✓ /),
    '✗ ends otherwise',
    '    rollout 1, 6.0.0',
    expect.stringMatching(/^✓ /),
    '',
  ]);
});

test('with --json one file is an object and several are an array, and nothing else is on stdout', async () => {
  const file = `${SCENARIOS}/events/push-of-what-runs.yaml`;
  const [one, two] = await Promise.all([
    stepcanary(['rehearse', file, '--json', '--trace']),
    stepcanary(['rehearse', file, file, '--json']),
  ]);
  expect(JSON.parse(one.out)).toMatchObject({ rollouts: [{ outcome: 'skipped' }] });
  expect(JSON.parse(two.out)).toMatchObject([
    { rollouts: [{ outcome: 'skipped' }] },
    { rollouts: [{ outcome: 'skipped' }] },
  ]);
});

test('a folder stands for its scenarios; one without any is refused', async () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  expect(await stepcanary(['rehearse', empty])).toMatchObject({
    code: 2,
    out: '',
    err: `${empty}: has no scenario files; name files that end in .yaml\n`,
  });
  const { scenarioFiles } = await import('../../../cli/rehearse/scenario-files.ts');
  const { files } = scenarioFiles([SCENARIOS]);
  expect(files).toContain(join(SCENARIOS, 'rollback/errors.yaml'));
  expect(files.filter((file) => file.includes('_rollouts'))).toEqual([]);
  expect(scenarioFiles([`${SCENARIOS}/rollback/*.yaml`]).files).toHaveLength(
    readdirSync(join(SCENARIOS, 'rollback')).length,
  );
});
