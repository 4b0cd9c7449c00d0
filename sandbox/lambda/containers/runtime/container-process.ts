import { EventEmitter } from 'node:events';
import type { Clock } from '@sinonjs/fake-timers';
import type { Output } from './output.ts';

export interface ContainerProcess {
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Pick<Clock, 'hrtime'>;
  readonly output: Output;
  /** The container ends, at once; never returns. */
  readonly exit: (code: number) => never;
}

/** Properties that are looked up on the emitter: listeners of a container must not outlive it. */
const EMITTER = new Set<PropertyKey>(Reflect.ownKeys(EventEmitter.prototype));

/** `process` as a container sees it: environment, output, listeners and time are its own, the rest is the host's. */
export const containerProcess = ({ environment, clock, output, exit }: ContainerProcess): NodeJS.Process => {
  const emitter = new EventEmitter();
  const own: Record<PropertyKey, unknown> = {
    __proto__: null,
    env: { ...environment },
    argv: process.argv.slice(0, 2),
    execArgv: [],
    stdout: output.stdout,
    stderr: output.stderr,
    hrtime: clock.hrtime,
    exitCode: undefined,
    exit: (code?: number) => exit(Number(code ?? own.exitCode ?? 0)),
    abort: () => exit(134),
    kill: (pid: number, signal?: number | NodeJS.Signals) =>
      pid === process.pid && signal !== 0 ? exit(137) : process.kill(pid, signal),
    emitWarning: (warning: string | Error) =>
      output.console.error(typeof warning === 'string' ? `Warning: ${warning}` : String(warning)),
  };
  return new Proxy({} as NodeJS.Process, {
    get: (_target, key) => {
      if (key in own) return own[key];
      return bound(EMITTER.has(key) ? emitter : process, key);
    },
    has: (_target, key) => key in own || key in process,
    set: (_target, key, value) => {
      own[key] = value;
      return true;
    },
  });
};

const bound = (object: object, key: PropertyKey): unknown => {
  const value: unknown = Reflect.get(object, key);
  return typeof value === 'function' ? value.bind(object) : value;
};
