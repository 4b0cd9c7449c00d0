import { trustSandbox } from './trust.ts';

interface Dispatcher {
  destroy(): Promise<void>;
}

/** Where the `fetch` of Node keeps its connections (undici, lib/global.js). */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

const newDispatcher = (): Dispatcher | undefined => {
  // Node loads undici, and sets the dispatcher, when one of its classes is first named.
  void Response;
  const dispatcher = Reflect.get(globalThis, GLOBAL_DISPATCHER) as Dispatcher | undefined;
  const Kind = dispatcher?.constructor as (new () => Dispatcher) | undefined;
  return Kind && new Kind();
};

/** `fetch` over connections of a container's own, which end with it. */
export class ContainerFetch {
  readonly #alive: () => boolean;
  #dispatcher: Dispatcher | undefined;

  constructor(alive: () => boolean) {
    this.#alive = alive;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    // The answer never comes: nobody is there to hear it.
    if (!this.#alive()) return new Promise(() => undefined);
    trustSandbox();
    this.#dispatcher ??= newDispatcher();
    const own = this.#dispatcher && ({ dispatcher: this.#dispatcher } as unknown as RequestInit);
    return fetch(input, { ...own, ...init });
  };

  close(): void {
    void this.#dispatcher?.destroy();
  }
}
