/** An account's region: what most of AWS's resources belong to. `Call` is one. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** State that each account has for itself in each region. */
export class PerPlace<T> {
  readonly #states = new Map<string, T>();
  readonly #make: (place: Place) => T;

  constructor(make: (place: Place) => T) {
    this.#make = make;
  }

  at({ account, region }: Place): T {
    const key = `${account} ${region}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      state = this.#make({ account, region });
      this.#states.set(key, state);
    }
    return state;
  }

  /** Every state there is. */
  all(): readonly T[] {
    return [...this.#states.values()];
  }
}
