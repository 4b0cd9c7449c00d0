import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Metafile, version } from 'esbuild';
import { buildFunctions, recipe, root } from './bundle/build.ts';

/** The file, beside the bundles, that tells what went into each: esbuild's metafile. */
const METAFILE = 'metafile.json';

const contents = (): string[] => [
  ...globSync(['lambdas/**/*.ts', 'infra/bundle/*.ts', 'infra/functions.ts'], { cwd: root }).sort(),
  'package-lock.json',
];

/** Names everything that the bundles are made of: sources, locked packages, the bundler and its options. */
const contentKey = (): string => {
  const hash = createHash('sha256').update(`${version} ${recipe}`);
  for (const file of contents()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
};

/** The folder for bundles; a read-only checkout uses the system's folder for temporary files. */
const cacheFolder = (): string => {
  const preferred = join(root, 'node_modules', '.cache', 'stepcanary');
  try {
    mkdirSync(preferred, { recursive: true });
    accessSync(preferred, constants.W_OK);
    return preferred;
  } catch {
    const fallback = join(tmpdir(), `stepcanary-bundles-${process.getuid?.() ?? 'user'}`);
    mkdirSync(fallback, { recursive: true });
    return fallback;
  }
};

/** Another process may have put the same content there meanwhile: then its folder is as good. */
const moveIntoPlace = (built: string, folder: string): void => {
  try {
    renameSync(built, folder);
  } catch (error) {
    if (!existsSync(join(folder, METAFILE))) throw error;
    rmSync(built, { recursive: true });
  }
};

const build = (folder: string): void => {
  const built = mkdtempSync(join(dirname(folder), 'building-'));
  try {
    writeFileSync(join(built, METAFILE), JSON.stringify(buildFunctions(built)));
    moveIntoPlace(built, folder);
  } catch (error) {
    rmSync(built, { recursive: true, force: true });
    throw error;
  }
};

/** The functions' bundles: a folder each, with `index.mjs` in it. */
export interface Bundles {
  /** The folder of a function's bundle. */
  folderOf(name: string): string;
}

/** Builds all bundles, or finds them already built from the same sources. Throws esbuild's BuildFailure. */
export const bundleFunctions = (cache = cacheFolder()): Bundles & { metafile(): Metafile } => {
  const folder = join(cache, contentKey());
  if (!existsSync(join(folder, METAFILE))) build(folder);
  return {
    folderOf: (name) => join(folder, name),
    metafile: () => JSON.parse(readFileSync(join(folder, METAFILE), 'utf8')) as Metafile,
  };
};
