import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadScenario } from '../../../../sandbox/rehearsal/load-scenario.ts';
import type { Told } from '../../../../sandbox/rehearsal/side-by-side/job.ts';
import { RehearsalProcess } from '../../../../sandbox/rehearsal/side-by-side/rehearsal-process.ts';
import { SideBySide } from '../../../../sandbox/rehearsal/side-by-side/side-by-side.ts';

const quick = loadScenario(join(import.meta.dirname, '../../../scenarios/events/push-of-what-runs.yaml'));
const good = { loaded: quick, trace: false };
/** Its cluster cannot be made, so that the sandbox fails. */
const bad = {
  loaded: {
    ...quick,
    file: 'bad.yaml',
    spec: { ...quick.spec, workload: { ...quick.spec.workload, primary: 'Not a name' } },
  },
  trace: false,
};

test('what breaks one rehearsal is one line, and leaves those before and after it alone', async () => {
  const rehearsals = new SideBySide(1);
  const told: Told[] = [];
  await rehearsals.run([good, bad, good], (one) => told.push(one));
  await rehearsals.end();
  expect(told).toEqual([
    expect.objectContaining({ asAsked: true }),
    { file: 'bad.yaml', broken: expect.stringMatching(/^[^\n]*Not a name[^\n]*$/) },
    expect.objectContaining({ asAsked: true }),
  ]);
});

test('a process that is killed in the middle is a broken rehearsal, which says by what', async () => {
  const process = new RehearsalProcess();
  const told = process.perform(good);
  globalThis.process.kill(process.pid ?? 0, 'SIGKILL');
  expect(await told).toEqual({ file: quick.file, broken: 'its process ended by SIGKILL' });
  expect(process.ended).toBe(true);
});

test('what a process did before changes nothing: same file, same bytes', async () => {
  const rollback = loadScenario(join(import.meta.dirname, '../../../scenarios/people/abort.yaml'));
  const rehearsals = new SideBySide(1);
  const told: Told[] = [];
  await rehearsals.run([{ loaded: rollback, trace: true }, good, { loaded: rollback, trace: true }], (one) =>
    told.push(one),
  );
  await rehearsals.end();
  const [first, , again] = told.map((one) =>
    'broken' in one ? one : { ...one, result: { ...one.result, wallSeconds: 0 } },
  );
  expect(first).toHaveProperty('trace');
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
});

test('a killed process leaves no folder', async () => {
  const process = new RehearsalProcess();
  const told = process.perform(good);
  const pid = process.pid ?? 0;
  const mine = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`stepcanary-${pid}-`));
  while (mine().length === 0) await setTimeout(10);
  globalThis.process.kill(pid, 'SIGKILL');
  await told;
  expect(mine()).toEqual([]);
});

test('nothing is told any more after the end', async () => {
  const rehearsals = new SideBySide(1);
  const told: Told[] = [];
  const running = rehearsals.run([good, good], (one) => told.push(one));
  await rehearsals.end();
  await running;
  expect(told).toEqual([]);
});
