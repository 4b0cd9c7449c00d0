import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const rows = [...read('CONTRIBUTING.md').matchAll(/^\| (I\d+) \| .+? \| (.+) \|$/gm)].map(
  ([, id = '', files = '']) => [id, [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)] as const,
);

test('every invariant is listed, each once', () => {
  expect(rows.map(([id]) => id)).toEqual(Array.from({ length: 10 }, (_, index) => `I${index + 1}`));
});

test.each(rows)('%s is guarded by tests that carry its number', (id, files) => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !read(file).includes(`(${id})`))).toEqual([]);
});
