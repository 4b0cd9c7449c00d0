/** A pod that gets traffic. */
export interface ServingPod {
  readonly name: string;
  readonly version: string;
}

interface Departed {
  readonly version: string;
  /** Epoch ms. */
  readonly until: number;
}

/** Pods that serve no more, but of which the proxies have not heard yet: what is sent to them is lost. */
export class DepartedPods {
  readonly #staleMs: (version: string) => number;
  #serving: readonly ServingPod[] = [];
  #departed: Departed[] = [];

  /** @param staleMs how long the proxies go on sending to a pod of this version that has gone */
  constructor(staleMs: (version: string) => number) {
    this.#staleMs = staleMs;
  }

  /**
   * Tells which pods serve now.
   * @returns when the next of the departed is forgotten, epoch ms; undefined when there is none
   */
  serve(pods: readonly ServingPod[], now: number): number | undefined {
    const names = new Set(pods.map(({ name }) => name));
    const gone = this.#serving
      .filter(({ name }) => !names.has(name))
      .map(({ version }) => ({ version, until: now + this.#staleMs(version) }));
    this.#departed = [...this.#departed, ...gone].filter(({ until }) => until > now);
    this.#serving = pods;
    return this.#departed.length === 0 ? undefined : Math.min(...this.#departed.map(({ until }) => until));
  }

  /** Ready and departed pods by version. */
  counts(): readonly { readonly version: string; readonly ready: number; readonly gone: number }[] {
    const versions = new Set([...this.#serving, ...this.#departed].map(({ version }) => version));
    const count = (pods: readonly { version: string }[], version: string) =>
      pods.filter((pod) => pod.version === version).length;
    return [...versions].map((version) => ({
      version,
      ready: count(this.#serving, version),
      gone: count(this.#departed, version),
    }));
  }
}
