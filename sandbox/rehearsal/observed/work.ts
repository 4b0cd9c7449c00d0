import type { SandboxObserver } from '../../sandbox.ts';

/** What functions did for one execution. */
export interface Work {
  readonly lambdaInvocations: number;
  /** Attempts by `service.Operation`, refused and broken ones included. */
  readonly apiCalls: Readonly<Record<string, number>>;
}

interface Counted {
  invocations: number;
  readonly calls: Map<string, number>;
}

/** A session of the service's role is named as the execution, or the end of it where that is too long (STS AssumeRole). */
const SESSION_LENGTH = 64;

/** The execution that an invocation acts for, by its payload. */
const executionIn = (payload: string): string | undefined => {
  try {
    return (JSON.parse(payload) as { rollout?: { execution?: { name?: string } } }).rollout?.execution?.name;
  } catch {
    return undefined;
  }
};

/**
 * Counts what functions do for each execution. Whose a call is, its session tells: the service's role is assumed in the
 * execution's name, and the session of a function's own role is named as the function, which acts for what it was last
 * invoked with. What rescue, watchdog and commands do is nobody's.
 */
export class WorkByExecution {
  readonly #counted = new Map<string, Counted>();
  readonly #bySession = new Map<string, string | undefined>();

  readonly observer: SandboxObserver = {
    invocation: ({ functionName, payload }) => {
      const execution = executionIn(payload);
      this.#bySession.set(functionName, execution);
      if (execution === undefined) return;
      this.#bySession.set(execution.slice(-SESSION_LENGTH), execution);
      this.#of(execution).invocations++;
    },
    call: ({ call }) => this.#count(call.caller.sessionName, `${call.service}.${call.operation}`),
    kubernetesRequest: ({ user, verb, resource }) =>
      this.#count(this.#sessionIn(user), `kubernetes.${verb}.${resource}`),
  };

  of(execution: string): Work {
    const { invocations = 0, calls = new Map<string, number>() } = this.#counted.get(execution) ?? {};
    const sorted = [...calls].sort(([a], [b]) => (a < b ? -1 : 1));
    return { lambdaInvocations: invocations, apiCalls: Object.fromEntries(sorted) };
  }

  /** An access entry's user name ends in the session's. */
  #sessionIn(user: string): string {
    return user.split(/[/:]/).at(-1) ?? '';
  }

  #count(session: string | undefined, call: string): void {
    const execution = session === undefined ? undefined : this.#bySession.get(session);
    if (execution === undefined) return;
    const { calls } = this.#of(execution);
    calls.set(call, (calls.get(call) ?? 0) + 1);
  }

  #of(execution: string): Counted {
    const known = this.#counted.get(execution);
    if (known !== undefined) return known;
    const counted: Counted = { invocations: 0, calls: new Map() };
    this.#counted.set(execution, counted);
    return counted;
  }
}
