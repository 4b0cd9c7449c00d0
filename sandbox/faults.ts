import type { Clock } from './clock.ts';

/** A fault armed for the next matching calls of an API. */
export interface Fault {
  /** `service.Operation`, as in `appmesh.UpdateRoute`; for Kubernetes `kubernetes.verb.resource`, as in `kubernetes.patch.deployments`. */
  readonly call: string;
  /** The error's name on the wire (`TooManyRequestsException`, `Conflict`), or `hang` or `reset` for the connection itself. */
  readonly error: string;
  /** How many of the next matching calls it hits. */
  readonly times: number;
  /**
   * `before` the call had its effect; `after` (the effect happened, its answer is lost); or `late`: the caller is told the
   * error at once, and the effect happens later all the same.
   */
  readonly when: 'before' | 'after' | 'late';
  /** How much later, in milliseconds of the sandbox's time; for `late` only. */
  readonly byMs: number;
}

/** The faults that are armed. Every server asks `take` once per call. */
export class Faults {
  readonly #armed: { fault: Fault; left: number }[] = [];
  #underWay = 0;

  arm(fault: Pick<Fault, 'call' | 'error'> & Partial<Fault>): void {
    const whole: Fault = { times: 1, when: 'before', byMs: 0, ...fault };
    this.#armed.push({ fault: whole, left: whole.times });
  }

  /** The fault that hits this call, if any; uses up one of its times. */
  take(call: string): Fault | undefined {
    const entry = this.#armed.find(({ fault, left }) => left > 0 && fault.call === call);
    if (entry === undefined) return undefined;
    entry.left--;
    return entry.fault;
  }

  /** Calls whose callers have given up, and whose effects are still to come. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Lets a call have its effect when its fault says. Nobody hears of its answer, nor of a refusal. */
  landLater(fault: Fault, clock: Clock, effect: () => unknown): void {
    this.#underWay++;
    clock.schedule(clock.now() + fault.byMs, () =>
      clock.track(
        Promise.resolve()
          .then(effect)
          .catch(() => undefined)
          .finally(() => {
            this.#underWay--;
          }),
      ),
    );
  }
}
