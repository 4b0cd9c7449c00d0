/**
 * Watches over what runs in one host process. Waiting costs nothing in virtual time, so only a function that computes
 * without end meets the limit. One that waits for its moment, or for the answer of another function, is not counted.
 */
export class Guard {
  readonly #running = new Map<object, NodeJS.Timeout>();

  /** `runner` computes from now on; `late` is called when it does so for more than `milliseconds` by the machine's clock. */
  begin(runner: object, milliseconds: number, late: () => void): void {
    this.end(runner);
    const check = () => {
      if ([...this.#running.keys()].at(-1) === runner) late();
      else this.#running.get(runner)?.refresh();
    };
    this.#running.set(runner, setTimeout(check, milliseconds));
  }

  end(runner: object): void {
    clearTimeout(this.#running.get(runner));
    this.#running.delete(runner);
  }
}
