import type { SandboxObserver } from './options.ts';

/** Everybody who watches a sandbox. */
export class Observers {
  readonly #all = new Set<SandboxObserver>();

  /** Adds one; the returned function takes it away. */
  add(observer: SandboxObserver): () => void {
    this.#all.add(observer);
    return () => {
      this.#all.delete(observer);
    };
  }

  /** A function that tells everybody who listens for `name`. */
  tell<Name extends keyof SandboxObserver>(
    name: Name,
  ): (...args: Parameters<Required<SandboxObserver>[Name]>) => void {
    return (...args) => {
      for (const observer of this.#all) {
        (observer[name] as ((...all: typeof args) => void) | undefined)?.(...args);
      }
    };
  }
}
