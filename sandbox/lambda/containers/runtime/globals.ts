import type { Clock } from '@sinonjs/fake-timers';
import { containerProcess } from './container-process.ts';
import type { Output } from './output.ts';
import type { Randomness } from './randomness.ts';
import type { Timers } from './timers.ts';

export interface GlobalsOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly output: Output;
  readonly randomness: Randomness;
  readonly fetch: typeof fetch;
  readonly exit: (code: number) => never;
}

/** The globals that belong to a container; whatever else a bundle names is the host's. */
export interface Globals extends Timers {
  readonly process: NodeJS.Process;
  readonly console: Console;
  readonly Date: DateConstructor;
  readonly performance: typeof performance;
  readonly AbortSignal: typeof AbortSignal;
  readonly fetch: typeof fetch;
  readonly Math: typeof Math;
  readonly crypto: typeof crypto;
  readonly global: unknown;
  readonly globalThis: unknown;
}

/** In the order of the parameters of a script, see `scripts.ts`. */
export const GLOBAL_NAMES = [
  'process',
  'console',
  'Date',
  'performance',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'AbortSignal',
  'fetch',
  'Math',
  'crypto',
  'global',
  'globalThis',
] as const satisfies readonly (keyof Globals)[];

type OwnGlobals = Omit<Globals, 'global' | 'globalThis'>;

/** A global object of the container's own: what it writes there, nobody else sees. */
const globalObject = (own: OwnGlobals): unknown => {
  const written: Record<PropertyKey, unknown> = { ...own };
  const object: unknown = new Proxy(globalThis, {
    get: (target, key) => (key in written ? written[key] : Reflect.get(target, key, target)),
    has: (target, key) => key in written || key in target,
    set: (_target, key, value) => {
      written[key] = value;
      return true;
    },
    defineProperty: (_target, key, descriptor) => {
      Object.defineProperty(written, key, { ...descriptor, configurable: true });
      return true;
    },
    deleteProperty: (_target, key) => delete written[key],
  });
  written.global = object;
  written.globalThis = object;
  return object;
};

/** A signal's time-out is a timer of the container: Node's own would run in real time. */
const abortSignal = ({ setTimeout }: Timers): typeof AbortSignal => {
  const timeout = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    const reason = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => controller.abort(reason()), milliseconds);
    return controller.signal;
  };
  return new Proxy(AbortSignal, {
    get: (target, key) => (key === 'timeout' ? timeout : Reflect.get(target, key)),
  });
};

const mathWith = (random: () => number): typeof Math =>
  Object.create(null, {
    ...Object.getOwnPropertyDescriptors(Math),
    random: { value: random, writable: true, configurable: true },
  }) as typeof Math;

/** Makes the globals of a new container. */
export const containerGlobals = (options: GlobalsOptions): Globals => {
  const { clock, timers, output, randomness } = options;
  const own: OwnGlobals = {
    process: containerProcess(options),
    console: output.console,
    Date: clock.Date,
    performance: clock.performance as typeof performance,
    ...timers,
    AbortSignal: abortSignal(timers),
    fetch: options.fetch,
    Math: mathWith(randomness.random),
    crypto: randomness.webCrypto() as typeof crypto,
  };
  const object = globalObject(own);
  return { ...own, global: object, globalThis: object };
};
