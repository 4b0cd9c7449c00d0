import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pruneCompileCache } from '../../../sandbox/wiring/compile-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'compile-cache-'));
const version = join(folder, 'v24');
afterAll(() => rmSync(folder, { recursive: true }));

test('compiled code is kept until there is too much of it; then the older goes', () => {
  mkdirSync(version);
  for (let age = 1; age <= 10; age++) {
    const file = join(version, `written-${age}-days-ago`);
    writeFileSync(file, Buffer.alloc(100));
    utimesSync(file, 1e9 - age * 86_400, 1e9 - age * 86_400);
  }
  pruneCompileCache(folder, 1000);
  expect(readdirSync(version)).toHaveLength(10);
  pruneCompileCache(folder, 999);
  expect(readdirSync(version).sort()).toEqual([1, 2, 3, 4].map((age) => `written-${age}-days-ago`));
});
