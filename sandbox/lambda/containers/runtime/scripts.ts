import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { GLOBAL_NAMES } from './globals.ts';

/** What Lambda's own runtime tries, in this order. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'];
/** Where a function's code lies on Lambda. */
const TASK_ROOT = '/var/task';
/** Scripts that are kept compiled: several versions of all functions of an engine. */
const MOST = 100;

/** The compiled code of a bundle: makes a function of the module's own names and the container's globals, in that order. */
export type ModuleScript = (...parameters: readonly unknown[]) => () => void;

const MODULE_NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];
const PARAMETERS = [...MODULE_NAMES, ...GLOBAL_NAMES].join(', ');

const compiled = new Map<string, ModuleScript>();

/** The path of the handler's file, without its extension in `handlerFile`; undefined where there is none. */
export const findCode = (folder: string, handlerFile: string): string | undefined =>
  EXTENSIONS.map((extension) => join(folder, handlerFile + extension)).find(existsSync);

const isModule = (file: string): boolean => {
  if (file.endsWith('.mjs')) return true;
  const description = join(file, '..', 'package.json');
  return (
    file.endsWith('.js') &&
    existsSync(description) &&
    (JSON.parse(readFileSync(description, 'utf8')) as { type?: string }).type === 'module'
  );
};

/** An ES module as a CommonJS one. @throws SyntaxError for what cannot be read, or awaits at the top */
const asCommonJs = async (code: string): Promise<string> => {
  const { transform } = await import('esbuild');
  const converting = transform(code, {
    format: 'cjs',
    target: 'node24',
    platform: 'node',
    supported: { 'dynamic-import': false },
    define: {
      'import.meta.url': '__fileUrl',
      'import.meta.filename': '__filename',
      'import.meta.dirname': '__dirname',
    },
    logLevel: 'silent',
  });
  const fileUrl = `const __fileUrl = require('node:url').pathToFileURL(__filename).href;`;
  return converting.then(
    (converted) => `"use strict";${fileUrl}${converted.code}`,
    (error: Error) => {
      throw new SyntaxError(error.message);
    },
  );
};

/**
 * One function for all evaluations, not one for each: closures made at the same place of the same function share what V8
 * has learnt about their code, so a function's code is fast in the tenth rehearsal as after the tenth call.
 */
const compile = async (code: string, file: string): Promise<ModuleScript> => {
  const body = isModule(file) ? await asCommonJs(code) : code;
  const script = new Script(`(function (${PARAMETERS}) { return function () {${body}\n}; })`, {
    filename: join(TASK_ROOT, basename(file)),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return script.runInThisContext() as ModuleScript;
};

/** What a file held when it was last read, as long as it is the same file. */
const keys = new Map<string, { readonly stamp: string; readonly key: string }>();

const keyOf = (file: string): string => {
  const { ino, mtimeMs, size } = statSync(file);
  const stamp = `${ino} ${mtimeMs} ${size}`;
  const known = keys.get(file);
  if (known?.stamp === stamp) return known.key;
  const key = `${createHash('sha1').update(readFileSync(file)).digest('base64')} ${extname(file)}`;
  keys.set(file, { stamp, key });
  return key;
};

/** The bundle's code, compiled once for the same content. @throws SyntaxError */
export const loadScript = async (file: string): Promise<ModuleScript> => {
  const key = keyOf(file);
  const script = compiled.get(key) ?? (await compile(readFileSync(file, 'utf8'), file));
  compiled.delete(key);
  compiled.set(key, script);
  const [oldest] = compiled.keys();
  if (compiled.size > MOST && oldest !== undefined) compiled.delete(oldest);
  return script;
};
