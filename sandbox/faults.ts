/** A fault armed for the next matching calls of an API. */
export interface Fault {
  /** `service.Operation`, as in `appmesh.UpdateRoute`; for Kubernetes `kubernetes.verb.resource`, as in `kubernetes.patch.deployments`. */
  readonly call: string;
  /** The error's name on the wire (`TooManyRequestsException`, `Conflict`), or `hang` or `reset` for the connection itself. */
  readonly error: string;
  /** How many of the next matching calls it hits. */
  readonly times: number;
  /** `before` the call had its effect, or `after` (the effect happened, its answer is lost). */
  readonly when: 'before' | 'after';
}

/** The faults that are armed. Every server asks `take` once per call. */
export class Faults {
  readonly #armed: { fault: Fault; left: number }[] = [];

  arm(fault: Pick<Fault, 'call' | 'error'> & Partial<Fault>): void {
    const whole: Fault = { times: 1, when: 'before', ...fault };
    this.#armed.push({ fault: whole, left: whole.times });
  }

  /** The fault that hits this call, if any; uses up one of its times. */
  take(call: string): Fault | undefined {
    const entry = this.#armed.find(({ fault, left }) => left > 0 && fault.call === call);
    if (entry === undefined) return undefined;
    entry.left--;
    return entry.fault;
  }
}
