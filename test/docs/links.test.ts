import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anchorOf, anchorsIn, brokenLinks } from '../../scripts/check-links.ts';

describe('links in documents and comments', () => {
  test('all of this repository lead somewhere', () => {
    expect(brokenLinks(join(import.meta.dirname, '../..'))).toEqual([]);
  });

  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stepcanary-links-'));
    mkdirSync(join(folder, 'docs'));
    mkdirSync(join(folder, 'lambdas'));
    writeFileSync(join(folder, 'docs/here.md'), '# Here it is\n\n[up](../README.md#no-such)\n');
    writeFileSync(
      join(folder, 'README.md'),
      '# Top\n[ok](docs/here.md#here-it-is) [gone](docs/gone.md) [out](https://example.com/x)\n```\n[code](nowhere.md)\n```\n',
    );
    writeFileSync(join(folder, 'lambdas/a.ts'), "// see docs/other.md\nconst path = 'docs/none.md';\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('fails for a missing file, a missing heading and a comment that names a missing document', () => {
    expect(brokenLinks(folder)).toEqual([
      'README.md: docs/gone.md: there is no docs/gone.md',
      'docs/here.md: ../README.md#no-such: there is no heading #no-such',
      'lambdas/a.ts: docs/other.md: there is no docs/other.md',
    ]);
  });

  test('anchors are those of GitHub', () => {
    expect(anchorOf('The judge, and how it differs from `Flagger`')).toBe(
      'the-judge-and-how-it-differs-from-flagger',
    );
    expect([...anchorsIn('# A\n## B c\n# A\n```\n# no\n```\n')]).toEqual(['a', 'b-c', 'a-1']);
  });
});
