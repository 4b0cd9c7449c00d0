import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BadInput } from '../../cli/exit.ts';
import { specFiles } from '../../cli/spec-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'specs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder stands for its specs by name, without the targets', () => {
  for (const name of ['b.yaml', 'a.yml', '_targets.yaml', 'README.md']) writeFileSync(join(folder, name), '');
  expect(specFiles(['other.yaml', folder])).toEqual([
    'other.yaml',
    join(folder, 'a.yml'),
    join(folder, 'b.yaml'),
  ]);
});

test('a folder without specs is said, not taken for nothing to do', () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  expect(() => specFiles([empty])).toThrow(BadInput);
});
