import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atExit } from '../../at-exit.ts';
import { Guard } from './guard.ts';
import type { FromContainer, FromHost, ToHost } from './messages.ts';

const main = fileURLToPath(new URL('./runtime/main.ts', import.meta.url));

/** What a rehearsal makes dies with it. With room for young objects, few live long enough to be copied. In MB. */
const YOUNG_MB = 64;

/** Whoever speaks with one container. */
export interface Listener {
  heard(message: FromContainer): void;
  /** The whole process has ended, with every container in it. */
  hostEnded(signal: string | null): void;
}

/** A process that carries containers, for one sandbox at a time. */
export class HostProcess {
  readonly guard = new Guard();
  readonly #child: ChildProcess;
  readonly #listeners = new Map<number, Listener>();
  readonly #ended: Promise<void>;
  readonly #leaveExit: () => void;
  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };
  #ids = 0;
  #alive = true;
  #reset: ((heapBytes: number) => void) | undefined;

  constructor() {
    this.#child = fork(main, [], {
      // Local time, language and the like are those of Lambda, whatever the machine's.
      env: { PATH: process.env.PATH ?? '', LANG: 'en_US.UTF-8', TZ: ':UTC' },
      execArgv: ['--no-warnings', `--min-semi-space-size=${YOUNG_MB}`, `--max-semi-space-size=${YOUNG_MB}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#heard(message as FromHost));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (_code, signal) => {
        this.#exited(signal);
        resolve();
      });
      this.#child.once('error', () => {
        this.#exited(null);
        resolve();
      });
    });
    // A function that computes would not notice that the sandbox is gone.
    this.#leaveExit = atExit(this.#kill);
  }

  /** False from the moment at which it is ended. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Begins to speak with a container of a new number. */
  attach(listener: Listener): number {
    this.#listeners.set(++this.#ids, listener);
    return this.#ids;
  }

  detach(id: number): void {
    this.#listeners.delete(id);
  }

  send(message: ToHost): void {
    // One that is just ending hears nothing more, and tells so by its exit.
    if (this.#alive) this.#child.send(message, () => undefined);
  }

  /** A process that is at work keeps this one alive. */
  hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  /** A process that waits for its next sandbox keeps nobody alive. */
  letGo(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  /** Drops every container. Resolves to the bytes that the process then still holds; undefined when it has ended. */
  async reset(): Promise<number | undefined> {
    this.#listeners.clear();
    if (!this.#alive) return undefined;
    const done = new Promise<number>((resolve) => {
      this.#reset = resolve;
    });
    this.send({ kind: 'reset' });
    return Promise.race([done, this.#ended.then(() => undefined)]);
  }

  /** Ends the process at once; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#alive) this.#kill();
    this.#alive = false;
    await this.#ended;
  }

  #heard(message: FromHost): void {
    if (message.kind === 'isReset') this.#reset?.(message.heapBytes);
    else this.#listeners.get(message.id)?.heard(message);
  }

  #exited(signal: string | null): void {
    this.#alive = false;
    this.#leaveExit();
    for (const listener of [...this.#listeners.values()]) listener.hostEnded(signal);
    this.#listeners.clear();
  }
}
