import { readFileSync, statSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';

/** What keeps a file from being read, in a person's words, by the system's name for it. */
const UNREADABLE: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no file ${path}; check the path`,
  ENOTDIR: (path) => `there is no file ${path}; check the path`,
  EISDIR: (path) => `${path} is a folder; name a file in it`,
  EACCES: (path) => `${path} may not be read; its permissions forbid it`,
};

/** A file's YAML, or why there is none, in one line without the file's own name. */
export type ReadYaml = { readonly value: unknown } | { readonly problem: string };

/** More than any scenario, spec or list of manifests has; parsing takes a second for each few hundred kilobytes. */
const LARGEST_BYTES = 2_000_000;

const textOf = (path: string): { readonly text: string } | { readonly problem: string } => {
  try {
    const { size } = statSync(path);
    if (size > LARGEST_BYTES)
      return {
        problem: `has ${(size / 1e6).toFixed(1)} MB; a file may have up to ${LARGEST_BYTES / 1e6} MB`,
      };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { problem: UNREADABLE[code]?.(path) ?? `${path} cannot be read: ${message}` };
  }
};

/** Reads a YAML file with one document. */
export const readYaml = (path: string): ReadYaml => {
  const read = textOf(path);
  if ('problem' in read) return read;
  const { text } = read;
  // Neither stands in any text: a picture, an archive, or another encoding.
  if (text.includes('\0') || text.includes('\uFFFD')) return { problem: 'is not a text in UTF-8' };
  if (text.trim() === '') return { problem: 'is empty' };
  try {
    // A key that stands there twice is refused by the parser.
    return { value: parseYaml(text) };
  } catch (error) {
    if ((error as { code?: string }).code === 'MULTIPLE_DOCS')
      return { problem: 'has several YAML documents; write one file for each' };
    return { problem: `is not YAML, ${(error as Error).message.split('\n')[0]?.replace(/:$/, '')}` };
  }
};
