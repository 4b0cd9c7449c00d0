import type { Worker } from '../worker.ts';
import { type ContainerOptions, ContainerWorker } from './container-worker.ts';
import type { HostProcess } from './host-process.ts';
import { leaseHost, returnHost } from './lease.ts';

/**
 * The containers of one sandbox in virtual time: all in one host process, taken when the first is wanted, and given back
 * for the next sandbox. Another process is taken when a function has brought that one down.
 */
export class Containers {
  readonly #caFile: string | undefined;
  #host: HostProcess | undefined;

  /** @param caFile a file with the certificates that functions trust beside the usual ones (PEM) */
  constructor(caFile: string | undefined) {
    this.#caFile = caFile;
  }

  create(options: ContainerOptions): Worker {
    if (!this.#host?.alive) this.#host = leaseHost(this.#caFile);
    return new ContainerWorker(this.#host, options);
  }

  /** Resolves when every container is gone. */
  async close(): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    if (host !== undefined) await returnHost(host);
  }
}
