import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync, type Metafile, type TransformOptions, transformSync } from 'esbuild';
import { FUNCTIONS, fileOf } from '../functions.ts';
import { dropErrorClasses, inlineComputedKeys, quickHexTables } from './slim-sdk.ts';

/** The repository's root. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One self-contained file a function, the SDK inside: what runs is what was tested, whatever Lambda brings along. */
const joining = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': fileURLToPath(
      new URL('environment-credentials.ts', import.meta.url),
    ),
  },
  outdir: 'out',
  outExtension: { '.js': '.cjs' },
  write: false,
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** CommonJS: the one format of which a loaded module can be made anew in a process, as rehearsals do (docs/decisions/0013). */
const shrinking = {
  format: 'cjs',
  target: 'node24',
  platform: 'node',
  treeShaking: true,
  minify: true,
  // Class names are read, by people in stack traces and by the SDK.
  keepNames: true,
  legalComments: 'none',
  // Node's own modules by require, also where a package asks for them later.
  supported: { 'dynamic-import': false },
  // The sources are ES modules, and strict.
  banner: '"use strict";',
} as const satisfies TransformOptions;

/** What, beside sources and packages, decides how a bundle looks: part of the cache's key. */
export const recipe = JSON.stringify([joining, shrinking]);

/** Bundles every function into `folder/NAME/index.cjs`, and returns what went into them. Throws esbuild's BuildFailure. */
export const buildFunctions = (folder: string, functions = FUNCTIONS): Metafile => {
  const { outputFiles, metafile } = buildSync({
    ...joining,
    entryPoints: functions.map((each) => ({ in: fileOf(each), out: join(each.name, 'index') })),
  });
  for (const { path, text } of outputFiles) {
    const slim = quickHexTables(dropErrorClasses(inlineComputedKeys(text)));
    const { code } = transformSync(slim, shrinking);
    const file = join(folder, path.slice(join(root, joining.outdir).length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  return metafile;
};
