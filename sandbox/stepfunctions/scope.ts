/**
 * The variables that Assign writes. A branch or iteration reads those around it and writes its own; what it wrote is
 * gone when it ends (ASL specification, "Variables").
 */
export class Scope {
  readonly #parent: Scope | undefined;
  readonly #values: Map<string, unknown>;

  constructor(parent?: Scope, values: Iterable<readonly [string, unknown]> = []) {
    this.#parent = parent;
    this.#values = new Map(values);
  }

  /** All variables that can be read here, the innermost value of each. */
  all(): Record<string, unknown> {
    return { ...this.#parent?.all(), ...Object.fromEntries(this.#values) };
  }

  assign(values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }
}
