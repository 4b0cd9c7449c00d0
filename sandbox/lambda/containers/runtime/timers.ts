import { AsyncResource } from 'node:async_hooks';
import native from 'node:timers';
import nativePromises from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Clock } from '@sinonjs/fake-timers';

type Callback = (...args: unknown[]) => void;
type Timer = ReturnType<typeof setTimeout>;
interface Options {
  readonly signal?: AbortSignal;
}

/** The timers of a container: on its own clock, and in the asynchronous context in which they were set, as Node's are. */
export interface Timers {
  readonly setTimeout: (callback: Callback, milliseconds?: number, ...args: unknown[]) => Timer;
  readonly clearTimeout: (timer?: Timer) => void;
  readonly setInterval: (callback: Callback, milliseconds?: number, ...args: unknown[]) => Timer;
  readonly clearInterval: (timer?: Timer) => void;
  readonly setImmediate: (callback: Callback, ...args: unknown[]) => unknown;
}

/** As Node does for its own timers; lighter than AsyncLocalStorage.bind, as every call of an AWS client sets two. */
const inContext = (callback: Callback): Callback => {
  const context = new AsyncResource('Timeout');
  return (...args) => context.runInAsyncScope(callback, undefined, ...args);
};

const onClock = (clock: Clock, alive: () => boolean): Timers => ({
  setTimeout: (callback, milliseconds = 0, ...args) =>
    clock.setTimeout(inContext(callback), milliseconds, ...args) as unknown as Timer,
  clearTimeout: (timer) => clock.clearTimeout(timer as never),
  setInterval: (callback, milliseconds = 0, ...args) =>
    clock.setInterval(inContext(callback), milliseconds, ...args) as unknown as Timer,
  clearInterval: (timer) => clock.clearInterval(timer as never),
  setImmediate: (callback, ...args) => setImmediate(() => alive() && callback(...args)),
});

const promised = ({ setTimeout, clearTimeout }: Timers) => {
  const sleep = <T>(milliseconds?: number, value?: T, { signal }: Options = {}) =>
    new Promise<T | undefined>((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal?.reason }));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      }, milliseconds);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  async function* ticks<T>(milliseconds?: number, value?: T, options: Options = {}) {
    for (;;) yield sleep(milliseconds, value, options);
  }
  const scheduler = {
    wait: (milliseconds: number, options?: Options) => sleep(milliseconds, undefined, options),
    yield: () => nativePromises.setImmediate(),
  };
  return { ...nativePromises, setTimeout: sleep, setInterval: ticks, scheduler };
};

/** The timers of a container, as globals, and as the modules `node:timers` and `node:timers/promises`. */
export const containerTimers = (clock: Clock, alive: () => boolean) => {
  const globals = onClock(clock, alive);
  const promises = promised(globals);
  Object.assign(globals.setTimeout, { [promisify.custom]: promises.setTimeout });
  return { globals, promises, module: { ...native, ...globals, promises } };
};

export type ContainerTimers = ReturnType<typeof containerTimers>;
