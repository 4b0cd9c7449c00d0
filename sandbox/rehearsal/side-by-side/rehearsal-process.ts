import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownFolders } from '../../wiring/folders.ts';
import type { Job, Told } from './job.ts';

const ENTRY = fileURLToPath(new URL('./process.ts', import.meta.url));

/** Enough of what a process wrote at its end to say why it ended. */
const KEPT_CHARACTERS = 4000;
/** What is computed in one go (a synthesis) hears no signal meanwhile: then it is killed, and what it left is removed for it. */
const PATIENCE_MS = 5_000;

/** The line that says most: an error's own, else the last one. */
const tellingLine = (written: string): string => {
  const lines = written
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.find((line) => /^(\w*Error|FATAL ERROR)\b/.test(line)) ?? lines.at(-1) ?? '';
};

/** One worker process, seen from the process that started it. Takes one job at a time. */
export class RehearsalProcess {
  readonly #child: ChildProcess;
  #written = '';

  constructor() {
    // What the code says on stdout would stand in the middle of a JSON document.
    this.#child = fork(ENTRY, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#written = (this.#written + chunk.toString()).slice(-KEPT_CHARACTERS);
    });
    this.#child.on('exit', () => this.#removeLeft());
    // A message to a process that has just ended: its end says it.
    this.#child.on('error', () => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can take no job any more. */
  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || !this.#child.connected;
  }

  /** Rehearses a scenario. Never rejects: a process that ends meanwhile is a broken rehearsal. */
  perform(job: Job): Promise<Told> {
    return new Promise((resolve) => {
      const answered = (told: Told) => {
        this.#child.off('close', closed);
        resolve(told);
      };
      const closed = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#child.off('message', answered);
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        const line = tellingLine(this.#written);
        resolve({
          file: job.loaded.file,
          broken: `its process ended ${how}${line === '' ? '' : `: ${line}`}`,
        });
      };
      this.#child.once('message', answered);
      this.#child.once('close', closed);
      this.#child.send(job);
    });
  }

  /** Ends it, in the middle of its work too; resolves when it is gone with all that it had. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const impatient = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
    await gone;
    clearTimeout(impatient);
  }

  /** A process that was killed could remove nothing itself. */
  #removeLeft(): void {
    if (this.#child.pid === undefined) return;
    const left = ownFolders(this.#child.pid);
    for (const name of readdirSync(dirname(left)))
      if (name.startsWith(basename(left)))
        rmSync(join(dirname(left), name), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
