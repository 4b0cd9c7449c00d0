import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const filesOf = (...globs: string[]): string[] =>
  globs.flatMap((glob) => globSync(glob, { cwd: root })).sort();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Import {
  readonly file: string;
  /** A package's name, or a path from the repository's root. */
  readonly what: string;
}

const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm;

const importsOf = (file: string): Import[] =>
  [...read(file).matchAll(SPECIFIER)].map(([, specifier = '']) => ({
    file,
    what: specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier,
  }));

const isOurs = ({ what }: Import): boolean => /^(lambdas|infra|cli|sandbox|test|scripts|bench)\//.test(what);

/** Imports that none of the patterns allows, as `file -> what`. */
const outside = (files: readonly string[], allowed: readonly RegExp[], all = false): string[] =>
  files
    .flatMap(importsOf)
    .filter((it) => (all || isOurs(it)) && !allowed.some((pattern) => pattern.test(it.what)))
    .map(({ file, what }) => `${file} -> ${what}`);

const CORE = /^lambdas\/core\//;
const ADAPTERS = /^lambdas\/adapters\//;
const RUNTIME = /^lambdas\/runtime\//;

describe('imports point one way: handlers to adapters to core', () => {
  test('the reader of imports finds them, one-line and over several lines', () => {
    expect(importsOf('lambdas/shift-traffic.ts').map(({ what }) => what)).toContain('lambdas/core/errors.ts');
    expect(importsOf('lambdas/adapters/app-mesh/router.ts').map(({ what }) => what)).toContain(
      '@aws-sdk/client-app-mesh',
    );
  });

  test('core imports itself and zod; hashes, which are pure, come from node:crypto', () => {
    const allowed = [CORE, /^zod$/, /^node:crypto$/];
    expect(outside(filesOf('lambdas/core/**/*.ts'), allowed, true)).toEqual([]);
  });

  test('core has no environment, clock, randomness or network', () => {
    const impure =
      /process\.|Date\.now\(|new Date\(\)|Math\.random|randomUUID|randomBytes|\bfetch\(|setTimeout/;
    const code = (file: string) => read(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(filesOf('lambdas/core/**/*.ts').filter((file) => impure.test(code(file)))).toEqual([]);
  });

  test('adapters import core and each other', () => {
    expect(outside(filesOf('lambdas/adapters/**/*.ts'), [CORE, ADAPTERS])).toEqual([]);
  });

  test('runtime imports adapters and core, and no handler', () => {
    expect(outside(filesOf('lambdas/runtime/**/*.ts'), [CORE, ADAPTERS, RUNTIME])).toEqual([]);
  });

  test('a handler imports no other handler', () => {
    const handlers = filesOf('lambdas/*.ts', 'lambdas/events/*.ts');
    expect(handlers.length).toBeGreaterThan(15);
    expect(outside(handlers, [CORE, ADAPTERS, RUNTIME])).toEqual([]);
  });
});

describe('around lambdas', () => {
  test('infra imports core; and the names of variables, so that a function gets those it reads', () => {
    const allowed = [CORE, /^infra\//, /^lambdas\/runtime\/environment\.ts$/];
    expect(outside(filesOf('infra/**/*.ts'), allowed)).toEqual([]);
  });

  test('the sandbox knows what infra synthesises, and nothing of how the functions reach AWS', () => {
    expect(outside(filesOf('sandbox/**/*.{ts,mjs}'), [CORE, /^infra\//, /^sandbox\//])).toEqual([]);
  });

  test('the command line reaches AWS by the same adapters as the functions', () => {
    const allowed = [CORE, ADAPTERS, /^infra\//, /^sandbox\//, /^cli\//];
    expect(outside(filesOf('cli/**/*.{ts,mjs}'), allowed)).toEqual([]);
  });
});
