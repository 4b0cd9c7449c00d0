import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { FoundCanary } from './read-canaries.ts';

const WIDTH = 116;

const comment = (text: string, indent = ''): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + indent.length + 3 > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, index) => `# ${index === 0 ? '' : indent}${each}\n`).join('');
};

/** An imported spec as a file, with what was noted at its top. */
export const specFile = (
  { file, name, namespace }: FoundCanary,
  written: Readonly<Record<string, unknown>>,
  notes: readonly string[],
): string => {
  const from = file === '-' ? '' : ` (${file})`;
  const heading = comment(
    `From Flagger's Canary ${name} in namespace ${namespace}${from}. All keys: docs/spec.md`,
  );
  const noted = notes.map((note) => comment(`- ${note}`, '  ')).join('');
  return `${heading}${noted}${stringify(written, { lineWidth: 0, aliasDuplicateObjects: false })}`;
};

/** What became of a file. */
export type Written = 'written' | 'unchanged' | { readonly problem: string };

/** Writes a file where there is none, or where it may be overwritten. */
export const writeSpecFile = (path: string, text: string, force: boolean): Written => {
  try {
    if (existsSync(path)) {
      if (readFileSync(path, 'utf8') === text) return 'unchanged';
      if (!force)
        return {
          problem: 'is there already and differs; add --force to overwrite it, or --out for another folder',
        };
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return 'written';
  } catch (error) {
    return { problem: `cannot be written: ${(error as Error).message}` };
  }
};
