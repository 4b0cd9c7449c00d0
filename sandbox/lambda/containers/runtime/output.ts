import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** What a container writes to stdout and stderr, as whole lines. */
export class Output {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly console: Console;
  readonly #wrote: () => void;
  #lines: string[] = [];

  /** @param wrote is told when lines wait to be taken */
  constructor(wrote: () => void) {
    this.#wrote = wrote;
    this.stdout = this.#stream();
    this.stderr = this.#stream();
    this.console = new Console({ stdout: this.stdout, stderr: this.stderr });
  }

  /** The lines since the last time. */
  take(): string[] {
    return this.#lines.splice(0);
  }

  #stream(): Writable {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const write = (chunk: Buffer | string): void => {
      const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split(/\r?\n/);
      rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      if (this.#lines.length > 0) this.#wrote();
    };
    return new Writable({
      decodeStrings: false,
      write: (chunk: Buffer | string, _encoding, done) => {
        write(chunk);
        done();
      },
    });
  }
}
