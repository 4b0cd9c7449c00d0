/** Requests as the clients saw them, after the route's retries. */
export interface ClientCount {
  readonly requests: number;
  readonly failures: number;
}

/** The counts since 0 s; history before it is not in them. */
export interface TrafficTotals extends ClientCount {
  /** By the role that the route sent them to (`primary`, `canary`). */
  readonly byRole: Readonly<Record<string, ClientCount>>;
  /** By the version that answered; `none` where no pod did. */
  readonly byVersion: Readonly<Record<string, ClientCount>>;
  /** Load tests past the route; in none of the others. */
  readonly direct: number;
}

/** Adds up what clients saw. */
export class Ledger {
  readonly #roles = new Map<string, ClientCount>();
  readonly #versions = new Map<string, ClientCount>();
  #direct = 0;

  add(role: string, version: string | undefined, count: ClientCount): void {
    const sum = (map: Map<string, ClientCount>, key: string) => {
      const { requests, failures } = map.get(key) ?? { requests: 0, failures: 0 };
      map.set(key, { requests: requests + count.requests, failures: failures + count.failures });
    };
    sum(this.#roles, role);
    sum(this.#versions, version ?? 'none');
  }

  addDirect(requests: number): void {
    this.#direct += requests;
  }

  /** A copy: what comes later does not change it. */
  totals(): TrafficTotals {
    const roles = [...this.#roles.values()];
    return {
      requests: roles.reduce((sum, { requests }) => sum + requests, 0),
      failures: roles.reduce((sum, { failures }) => sum + failures, 0),
      byRole: Object.fromEntries(this.#roles),
      byVersion: Object.fromEntries(this.#versions),
      direct: this.#direct,
    };
  }
}
