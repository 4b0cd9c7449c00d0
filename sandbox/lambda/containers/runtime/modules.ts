import consoleModule from 'node:console';
import nodeModule, { createRequire } from 'node:module';
import perfHooks from 'node:perf_hooks';
import type { Globals } from './globals.ts';
import { insideOnly } from './outside.ts';
import type { Randomness } from './randomness.ts';
import type { ContainerTimers } from './timers.ts';

export interface ModulesOptions {
  readonly globals: Globals;
  readonly timers: ContainerTimers;
  readonly randomness: Randomness;
  /** Where requests to other machines go. @default where they are meant to go */
  readonly outside: string | undefined;
}

/** `require` for the code of a container: Node's own modules are the host's, but for those that it must have to itself. */
export const containerRequire = (
  file: string,
  { globals, timers, randomness, outside }: ModulesOptions,
): NodeJS.Require => {
  const original = createRequire(file);
  const own: Record<string, unknown> = {
    process: globals.process,
    console: Object.create(globals.console, { Console: { value: consoleModule.Console } }),
    crypto: randomness.nodeCrypto(),
    perf_hooks: { ...perfHooks, performance: globals.performance },
    module: Object.assign(Object.create(nodeModule), { createRequire: () => required }),
    timers: timers.module,
    'timers/promises': timers.promises,
    ...(outside === undefined ? {} : insideOnly(outside)),
  };
  const required = Object.assign(
    (name: string): unknown => own[name.replace(/^node:/, '')] ?? original(name),
    original,
  ) as NodeJS.Require;
  return required;
};
