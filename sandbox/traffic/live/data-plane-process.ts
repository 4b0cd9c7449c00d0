import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DataPlaneConfig, DataPlaneMessage, DataPlaneSettings } from './messages.ts';
import { endOwned, startOwned } from './owned-process.ts';
import type { Answered, Attempt } from './weighted-proxy.ts';

const SCRIPT = fileURLToPath(new URL('./data-plane.ts', import.meta.url));

export interface Counts {
  readonly attempts: readonly Attempt[];
  readonly answers: readonly Answered[];
}

export interface DataPlaneListeners {
  readonly onCounts: (counts: Counts) => void;
  /** It ended although nobody closed it. */
  readonly onLost: (error: Error) => void;
}

/**
 * The proxy and the load in a process of their own, so that response times are those of the servers, not of a sandbox that
 * is busy in its own process.
 */
export class DataPlaneProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, () => void>();
  #sequence = 0;
  #closing = false;
  readonly origin: string;

  private constructor(child: ChildProcess, origin: string, { onCounts, onLost }: DataPlaneListeners) {
    this.#child = child;
    this.origin = origin;
    child.on('message', (message: DataPlaneMessage) => {
      if (message.type === 'counts') onCounts(message);
      if (message.type === 'applied') this.#release(message.sequence);
    });
    child.once('exit', (code) => {
      if (!this.#closing)
        onLost(new Error(`the data plane ended with code ${code}: there is no live traffic any more`));
      for (const sequence of [...this.#waiting.keys()]) this.#release(sequence);
    });
  }

  static async start(settings: DataPlaneSettings, listeners: DataPlaneListeners): Promise<DataPlaneProcess> {
    const { child, first } = await startOwned<{ origin: string }>(SCRIPT, {
      name: 'the data plane',
      settings,
    });
    return new DataPlaneProcess(child, first.origin, listeners);
  }

  /** Resolves when the data plane goes by this, and everything that it counted before has been handed over. */
  apply(config: DataPlaneConfig): Promise<void> {
    if (!this.#child.connected) return Promise.resolve();
    const sequence = ++this.#sequence;
    const applied = new Promise<void>((resolve) => this.#waiting.set(sequence, resolve));
    this.#child.send({ sequence, config });
    return applied;
  }

  close(): Promise<void> {
    this.#closing = true;
    return endOwned(this.#child);
  }

  #release(sequence: number): void {
    this.#waiting.get(sequence)?.();
    this.#waiting.delete(sequence);
  }
}
