import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BehaviourChange, changed, DEFAULT_BEHAVIOUR, type VersionBehaviour } from '../model/version.ts';
import { endOwned, startOwned } from './owned-process.ts';
import type { PodinfoSettings } from './podinfo-server.ts';

const SERVER = fileURLToPath(new URL('./podinfo-server.ts', import.meta.url));
const COLORS = ['#34577c', '#2e7d32', '#c62828', '#6a1b9a', '#ef6c00', '#00838f'];

interface Running {
  readonly child: ChildProcess;
  readonly origin: string;
}

/** One real server process for each version, shared by the version's pods. */
export class VersionProcesses {
  readonly #behaviours: Map<string, VersionBehaviour>;
  readonly #running = new Map<string, Promise<Running>>();
  readonly #origins = new Map<string, string>();
  #closed = false;

  constructor(versions: Readonly<Record<string, VersionBehaviour>>) {
    this.#behaviours = new Map(Object.entries(versions));
  }

  /** Where a version answers, `http://127.0.0.1:PORT`; starts its process when it is not running. */
  async originOf(version: string): Promise<string> {
    if (this.#closed) throw new Error('the servers of the versions are closed');
    const known = this.#running.get(version) ?? this.#start(version);
    this.#running.set(version, known);
    return (await known).origin;
  }

  /** Where a version answers now; undefined when its process is not running. */
  runningOrigin(version: string): string | undefined {
    return this.#origins.get(version);
  }

  /** A version behaves differently from now on. */
  async behave(version: string, change: BehaviourChange): Promise<void> {
    this.#behaviours.set(version, changed(this.#behaviours.get(version) ?? DEFAULT_BEHAVIOUR, change));
    const running = await this.#running.get(version);
    if (running?.child.connected) running.child.send(this.#settings(version));
  }

  /** Ends every server and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = await Promise.allSettled(this.#running.values());
    this.#running.clear();
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? endOwned(one.value.child) : undefined)));
  }

  #settings(version: string): PodinfoSettings {
    const index = [...this.#behaviours.keys()].indexOf(version);
    return {
      version,
      color: COLORS[Math.max(0, index) % COLORS.length] ?? '#34577c',
      behaviour: this.#behaviours.get(version) ?? DEFAULT_BEHAVIOUR,
    };
  }

  async #start(version: string): Promise<Running> {
    const name = `the server of version ${version}`;
    const { child, first } = await startOwned<{ port: number }>(SERVER, {
      name,
      settings: this.#settings(version),
    });
    const origin = `http://127.0.0.1:${first.port}`;
    this.#origins.set(version, origin);
    child.once('exit', () => {
      this.#running.delete(version);
      this.#origins.delete(version);
    });
    return { child, origin };
  }
}
