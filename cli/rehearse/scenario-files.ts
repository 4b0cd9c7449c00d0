import { globSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const YAML = /\.ya?ml$/;

/** Specs that scenarios share stand beside them, in files and folders that begin with an underscore. */
const hidden = (path: string): boolean => /(^|[/\\])[._]/.test(path);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const inFolder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => YAML.test(file) && !hidden(file) && !isFolder(join(folder, file)))
    .sort()
    .map((file) => join(folder, file));

/** What arguments stand for: files, or why there are none, one line each. */
export interface ScenarioFiles {
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

const expand = (argument: string): readonly string[] => {
  if (isFolder(argument)) return inFolder(argument);
  const found = statSync(argument, { throwIfNoEntry: false }) === undefined && /[*?[{]/.test(argument);
  return found
    ? globSync(argument)
        .filter((file) => !isFolder(file))
        .sort()
    : [argument];
};

/**
 * The scenario files that arguments stand for: a folder for all its `.yaml` files, subfolders included, but for what begins
 * with `_` or `.`; a pattern that the shell left as it is for what it matches; anything else for itself.
 */
export const scenarioFiles = (given: readonly string[]): ScenarioFiles => {
  const files: string[] = [];
  const problems: string[] = [];
  for (const argument of given) {
    try {
      const found = expand(argument);
      if (found.length === 0)
        problems.push(`${argument}: has no scenario files; name files that end in .yaml`);
      files.push(...found);
    } catch (error) {
      problems.push(`${argument}: cannot be read: ${(error as Error).message}`);
    }
  }
  return { files, problems };
};
