import { availableParallelism } from 'node:os';
import type { Job, Told } from './job.ts';
import { RehearsalProcess } from './rehearsal-process.ts';

/**
 * Rehearses scenarios side by side, in worker processes. The first process starts at once, so that it loads while its
 * scenarios are still being read.
 */
export class SideBySide {
  readonly #most: number;
  readonly #processes = new Set<RehearsalProcess>();
  #spare: RehearsalProcess | undefined;
  #ended = false;

  /** @param most how many at a time; as many as cores by default */
  constructor(most: number = availableParallelism()) {
    this.#most = most;
    this.#spare = this.#start();
  }

  /**
   * Rehearses every job, and tells of each in the jobs' order, as soon as all before it have ended. What breaks one leaves
   * the others alone.
   */
  async run(jobs: readonly Job[], tell: (told: Told) => void): Promise<void> {
    const told = new Map<number, Told>();
    let next = 0;
    let toTell = 0;
    const take = async (): Promise<void> => {
      let process: RehearsalProcess | undefined;
      while (next < jobs.length && !this.#ended) {
        const index = next++;
        if (process === undefined || process.ended) process = this.#take();
        const answer = await process.perform(jobs[index] as Job);
        // A sandbox that failed may have left its process in any state.
        if ('broken' in answer) await process.end();
        told.set(index, answer);
        for (let due = told.get(toTell); due !== undefined && !this.#ended; due = told.get(++toTell)) {
          told.delete(toTell);
          tell(due);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#most, jobs.length) }, take));
  }

  /** Whether it was ended: then no more is told. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Ends every process; resolves when nothing of them is left. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#processes].map((process) => process.end()));
  }

  /** Ends every process at once. */
  kill(): void {
    for (const process of this.#processes) process.kill();
  }

  #take(): RehearsalProcess {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare === undefined || spare.ended ? this.#start() : spare;
  }

  #start(): RehearsalProcess {
    const process = new RehearsalProcess();
    this.#processes.add(process);
    return process;
  }
}
