import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Metafile, version } from 'esbuild';
import { buildFunctions, recipe } from './bundle/build.ts';
import { builtOnce, cacheFolder, contentKey } from './cache.ts';

/** The file, beside the bundles, that tells what went into each: esbuild's metafile. */
const METAFILE = 'metafile.json';

/** Names everything that the bundles are made of: sources, locked packages, the bundler and its options. */
const bundlesKey = (): string =>
  contentKey(
    ['lambdas/**/*.ts', 'infra/bundle/*.ts', 'infra/functions.ts', 'package-lock.json'],
    `${version} ${recipe}`,
  );

const build = (folder: string): void =>
  writeFileSync(join(folder, METAFILE), JSON.stringify(buildFunctions(folder)));

/** The functions' bundles: a folder each, with `index.cjs` in it. */
export interface Bundles {
  /** The folder of a function's bundle. */
  folderOf(name: string): string;
}

/** Builds all bundles, or finds them already built from the same sources. Throws esbuild's BuildFailure. */
export const bundleFunctions = (cache = cacheFolder()): Bundles & { metafile(): Metafile } => {
  const folder = builtOnce(join(cache, `bundles-${bundlesKey()}`), build);
  return {
    folderOf: (name) => join(folder, name),
    metafile: () => JSON.parse(readFileSync(join(folder, METAFILE), 'utf8')) as Metafile,
  };
};
