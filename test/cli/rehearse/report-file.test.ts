import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkWritable, writeReport } from '../../../cli/rehearse/report-file.ts';
import { stepcanary } from '../stepcanary.ts';

/** Nothing may be built yet, and others may use the cores. */
const COLD_MS = 180_000;

const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a rehearsal writes its page, whole, and nothing beside it', { timeout: COLD_MS }, async () => {
  const file = join(folder, 'page.html');
  writeFileSync(file, 'an older page');
  const { code } = await stepcanary(['rehearse', 'test/scenarios/people/abort.yaml', '--report', file]);
  expect(code).toBe(0);
  const page = readFileSync(file, 'utf8');
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toMatch(/<\/html>\s*$/);
  expect(page).toContain('6.0.1 was rolled back');
  expect(page).toMatch(/<path class="line canary" d="M[^"]*L/);
  expect(page).toContain('Judge canary');
  expect(readdirSync(folder)).toEqual(['page.html']);
});

test.each([
  ['none/page.html', /there is no folder .*none; make it first/],
  ['.', /must name a file, not a folder/],
])('a report at %s is refused before anything is run', (path, problem) => {
  expect(() => checkWritable(join(folder, path))).toThrow(problem);
});

test('a page that cannot be put in its place leaves nothing half', () => {
  mkdirSync(join(folder, 'taken'));
  expect(() => writeReport(join(folder, 'taken'), [])).toThrow(/could not be written/);
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});
