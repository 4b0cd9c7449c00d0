import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { recordsOf } from '../../sandbox/rehearsal/records.ts';
import { type Rehearsal, rehearse } from '../../sandbox/rehearsal/run.ts';
import { folderOf } from '../cli/folder.ts';
import { stepcanary } from '../cli/stepcanary.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');
const SPEC = readFileSync(join(SCENARIOS, '_rollouts/sequential.yaml'), 'utf8');

let ended: Rehearsal;
let execution: string;

beforeAll(async () => {
  ended = await rehearse(loadScenario(join(SCENARIOS, 'sequential/one-point-more-errors.yaml')));
  execution = ended.result.rollouts[0]?.execution ?? '';
});
afterAll(() => ended.sandbox.close());

const replay = (...args: readonly string[]) =>
  stepcanary(['replay', ...args], {
    AWS_ENDPOINT_URL: ended.sandbox.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
const rollouts = () => folderOf({ 'podinfo.yaml': SPEC });

describe('stepcanary replay', () => {
  test('judges an execution again from the engine’s table, and saves its record', async () => {
    const folder = rollouts();
    const file = join(folder, 'record.json');
    const { code, out } = await replay(execution, '--rollouts', folder, '--save', file);
    expect(out.split('\n')[0]).toBe('podinfo@rehearsal: 6.0.1, judged by sequential, guarded');
    expect(out).toMatch(
      /Roll back: 2\.1 % of canary requests failed \(11 of 521\) against 0\.1 % of primary's/,
    );
    expect(out).toMatch(/All \d+ verdicts come out the same\.\n$/);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify((await recordsOf(ended.sandbox, 'podinfo@rehearsal'))[0])),
    );
    const again = await replay(file, '--judge', 'threshold', '--json');
    const { verdicts, otherwise } = JSON.parse(again.out);
    expect(verdicts.every(({ same }: { same: boolean }) => same)).toBe(true);
    expect(otherwise.analysis).toMatchObject({ judge: 'threshold', threshold: 5 });
    expect(otherwise.end).toBeUndefined();
  });

  test('names what it does not know, and what would be right', async () => {
    const folder = rollouts();
    const unknown = await replay('podinfo-7.0.0-abcdef01-rehearsal-1', '--rollouts', folder);
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining(
        'execution: nothing is recorded of it in eu-west-1, got "podinfo-7.0.0-abcdef01-rehearsal-1"',
      ),
    ]);
    const other = await replay('web-1.0-abcdef01-rehearsal-1', '--rollouts', folder);
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('execution: no spec in ')]);
    const spec = join(folder, 'podinfo.yaml');
    expect(existsSync(spec)).toBe(true);
    expect((await replay(spec)).err).toContain('podinfo.yaml: cannot be read as JSON');
  });
});
