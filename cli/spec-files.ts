import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput } from './exit.ts';
import { ROLLOUTS } from './services.ts';

/** The spec files of the folder `rollouts` here. Throws BadInput where there is none. */
export const specFiles = (): string[] => {
  if (!existsSync(ROLLOUTS))
    throw new BadInput([
      `${ROLLOUTS}: there is no such folder here; name spec files, or change to the folder above it`,
    ]);
  const names = readdirSync(ROLLOUTS).filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('_'));
  return names.sort().map((name) => join(ROLLOUTS, name));
};
