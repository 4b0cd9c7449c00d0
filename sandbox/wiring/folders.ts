import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atExit } from '../at-exit.ts';
import { pruneCompileCache } from './compile-cache.ts';

/** Beside the packages that are cached: it outlives the sandbox, and every sandbox may use it at once. */
const COMPILE_CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/stepcanary/compiled', import.meta.url),
);

/** A sandbox's own folder for files that end with it, and where V8 keeps compiled code. */
export interface Folders {
  readonly own: string;
  /** Undefined where no process is started. */
  readonly compileCache: string | undefined;
  /** Where the servers' certificate goes, for functions to trust. */
  readonly caFile: string;
  remove(): void;
}

const firstWritable = (...folders: readonly string[]): string => {
  const found = folders.find((folder) => {
    try {
      mkdirSync(folder, { recursive: true });
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`no folder can be written: ${folders.join(', ')}`);
  return found;
};

const compileCacheIn = (own: string): string => {
  const folder = firstWritable(COMPILE_CACHE, join(own, 'compiled'));
  pruneCompileCache(folder);
  return folder;
};

/** What the sandboxes' own folders of a process begin with: whoever killed that process can remove them. */
export const ownFolders = (pid: number): string => join(tmpdir(), `stepcanary-${pid}-`);

/**
 * Makes the folders. The home folder is left alone; where the packages can't be written, the cache ends with the sandbox.
 * @param processes whether functions get processes of their own, which share compiled code by way of a folder
 */
export const makeFolders = ({ processes }: { readonly processes: boolean }): Folders => {
  const own = mkdtempSync(ownFolders(process.pid));
  const removeOwn = () => rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  // Also when the process ends without closing its sandbox.
  const ended = atExit(removeOwn);
  return {
    own,
    compileCache: processes ? compileCacheIn(own) : undefined,
    caFile: join(own, 'ca.pem'),
    remove: () => {
      ended();
      removeOwn();
    },
  };
};
