import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Each change of a function leaves its old code behind; a sandbox's functions together need some 20 MB. */
const LIMIT_BYTES = 100 * 1024 * 1024;

interface Cached {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAt: number;
}

const filesIn = (folder: string): Cached[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    // Another sandbox may be removing it, too.
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, bytes: found.size, writtenAt: found.mtimeMs }];
  });

/** Removes what was written longest ago, until the folder is half as large as it may be; nothing while it is smaller. */
export const pruneCompileCache = (folder: string, limitBytes = LIMIT_BYTES): void => {
  const files = filesIn(folder).sort((a, b) => a.writtenAt - b.writtenAt);
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= limitBytes) return;
  for (const file of files) {
    if (bytes <= limitBytes / 2) return;
    rmSync(file.path, { force: true });
    bytes -= file.bytes;
  }
};
