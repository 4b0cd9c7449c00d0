import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './bundle/build.ts';

/** Written last: a folder that has it was built to its end. */
const BUILT = '.built';

/** The folder for what is built once; a read-only checkout uses the system's folder for temporary files. */
export const cacheFolder = (): string => {
  const preferred = join(root, 'node_modules', '.cache', 'stepcanary');
  try {
    mkdirSync(preferred, { recursive: true });
    accessSync(preferred, constants.W_OK);
    return preferred;
  } catch {
    const fallback = join(tmpdir(), `stepcanary-cache-${process.getuid?.() ?? 'user'}`);
    mkdirSync(fallback, { recursive: true });
    return fallback;
  }
};

/** Names what something is made of: files by glob patterns from the repository's root, and whatever else decides. */
export const contentKey = (patterns: readonly string[], more: string): string => {
  const hash = createHash('sha256').update(more);
  for (const file of globSync([...patterns], { cwd: root }).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
};

/** Whether a folder was built to its end. */
export const isBuilt = (folder: string): boolean => existsSync(join(folder, BUILT));

/** Another process may have put the same content there meanwhile: then its folder is as good. */
const moveIntoPlace = (built: string, folder: string): void => {
  try {
    renameSync(built, folder);
  } catch (error) {
    if (!isBuilt(folder)) throw error;
    rmSync(built, { recursive: true });
  }
};

/** What was not used for a week is removed when something new is built: each change of the sources leaves a folder behind. */
const KEPT_MS = 7 * 86_400_000;
/** Of more folders than these (some 10 MB each) the longest unused go as well, but never what this hour used. */
const KEPT_FOLDERS = 100;
const HOUR_MS = 3_600_000;

/** A folder that is being built has its process in its name. No build takes ten minutes, wherever its process may be. */
const BUILDING = /^building-(\d+)-/;
const LONGEST_BUILD_MS = 600_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const removeUnused = (cache: string, now: number): void => {
  const folders = readdirSync(cache)
    .map((name) => ({ name, usedAt: statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? now }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const [index, { name, usedAt }] of folders.entries()) {
    const builder = BUILDING.exec(name)?.[1];
    const unused = now - usedAt > (index < KEPT_FOLDERS ? KEPT_MS : HOUR_MS);
    const abandoned = builder !== undefined && now - usedAt > LONGEST_BUILD_MS && !isAlive(Number(builder));
    if (unused || abandoned) rmSync(join(cache, name), { recursive: true, force: true });
  }
};

/** Builds a folder unless it is there; half-built ones are never seen, whoever else builds or is interrupted. */
export const builtOnce = (folder: string, build: (into: string) => void): string => {
  const now = Date.now();
  if (isBuilt(folder)) {
    utimesSync(folder, now / 1000, now / 1000);
    return folder;
  }
  removeUnused(dirname(folder), now);
  const building = mkdtempSync(join(dirname(folder), `building-${process.pid}-`));
  try {
    build(building);
    writeFileSync(join(building, BUILT), '');
    moveIntoPlace(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  return folder;
};
