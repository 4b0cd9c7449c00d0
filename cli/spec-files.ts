import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from './exit.ts';
import { ROLLOUTS } from './services.ts';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Files that begin with `_` say something else than a service: the targets. */
const specsIn = (folder: string): string[] => {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('_'));
  if (names.length === 0) throw new BadInput([`${folder}: has no specs; name a folder with .yaml files`]);
  return names.sort().map((name) => join(folder, name));
};

/**
 * The spec files that arguments stand for: a folder for all of its specs, no argument for the folder `rollouts` here.
 * Throws BadInput where that is not there, or a folder has none.
 */
export const specFiles = (given: readonly string[]): string[] => {
  if (given.length > 0) return given.flatMap((path) => (isFolder(path) ? specsIn(path) : [path]));
  if (!isFolder(ROLLOUTS))
    throw new BadInput([
      `${ROLLOUTS}: there is no such folder here; name spec files, or change to the folder above it`,
    ]);
  return specsIn(ROLLOUTS);
};
