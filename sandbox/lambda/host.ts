import { AwsError } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { AsyncInvocations, type EventInvokeConfig, type FailureTarget } from './async-invocations.ts';
import { FunctionCatalogue, type FunctionVersion } from './catalogue.ts';
import { Containers } from './containers/containers.ts';
import {
  type Credentials,
  type FunctionConfig,
  functionArn,
  processEnvironment,
  type Surroundings,
} from './function-config.ts';
import { invocationIds } from './identifiers.ts';
import { checkPayload, limited } from './payload.ts';
import { ProcessWorker } from './process/process-worker.ts';
import { type Turn, Turns } from './turns.ts';
import type { Invocation, Outcome, Worker } from './worker.ts';
import { WorkerPool } from './worker-pool.ts';

/** One line that a function wrote to stdout or stderr. */
export interface LogLine {
  readonly functionName: string;
  readonly version: string;
  readonly line: string;
}

/** One invocation, as it begins. */
export interface InvocationRecord {
  readonly functionName: string;
  readonly version: string;
  readonly requestId: string;
  /** Epoch milliseconds of the sandbox's time. */
  readonly at: number;
  readonly payload: string;
}

/** One invocation, as it ended. */
export interface FinishedInvocation {
  readonly functionName: string;
  readonly version: string;
  /** Whether the function failed: threw, ran out of time, or its process ended. */
  readonly failed: boolean;
}

export interface LambdaHostOptions {
  readonly clock: Clock;
  readonly surroundings: Surroundings;
  /** Keys of a new session of the function's role; Lambda names the session as the function. */
  readonly credentials: (roleArn: string, sessionName: string) => Credentials;
  /** Set in virtual time: functions get the sandbox's time and seeded randomness, and run one at a time, in one process. */
  readonly virtual?: {
    readonly seed: number | string;
    /** How long a function may compute, in milliseconds of the machine. @default 120000: a busy machine changes no rehearsal */
    readonly guardMs?: number;
  };
  readonly log?: (line: LogLine) => void;
  readonly onInvocation?: (record: InvocationRecord) => void;
  readonly onFinished?: (invocation: FinishedInvocation) => void;
  /** Where asynchronous invocations go that failed for good. */
  readonly failures?: FailureTarget;
}

export interface InvokeOptions {
  /** `RequestResponse` waits for the answer; `Event` answers at once. Default: RequestResponse. */
  readonly type?: 'RequestResponse' | 'Event';
  readonly qualifier?: string;
  /** The call may come out of another function, which waits for it: in virtual time it takes part in that one's turn. */
  readonly nested?: boolean;
}

/** What an invocation answers: JSON texts, as on the wire. */
export interface InvokeResult {
  readonly payload: string;
  /** `Unhandled` when the function failed: then the payload has `errorType`, `errorMessage` and `trace`. */
  readonly functionError?: 'Unhandled';
  readonly executedVersion: string;
}

/** In virtual time waiting costs nothing, so only a function that computes without end meets this guard. */
const GUARD_MS = 120_000;

/**
 * Runs functions: each in a process of its own over the Lambda Runtime API, or, in virtual time, each in a container of one
 * process. Idle ones are used again.
 */
export class LambdaHost {
  readonly functions: FunctionCatalogue;
  readonly #options: LambdaHostOptions;
  readonly #pool: WorkerPool;
  readonly #busy = new Map<FunctionConfig, number>();
  readonly #crashes = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #events: AsyncInvocations;
  readonly #turns: Turns;
  readonly #containers: Containers;

  constructor(options: LambdaHostOptions) {
    this.#options = options;
    this.functions = new FunctionCatalogue(options.surroundings);
    this.#pool = new WorkerPool((target) => this.#createWorker(target));
    this.#turns = new Turns(options.clock);
    this.#containers = new Containers(options.surroundings.caFile);
    this.#events = new AsyncInvocations({
      clock: options.clock,
      place: options.surroundings,
      invoke: (target, payload) => this.#inTurn(target, payload, false),
      failures: options.failures,
    });
  }

  /** Creates the function or replaces its `$LATEST`. */
  deploy(config: FunctionConfig): void {
    const replaced = this.functions.put(config);
    if (replaced !== undefined) this.#pool.retire(replaced);
  }

  /** Retries and destinations of the function's asynchronous invocations. */
  configureEvents(name: string, config: EventInvokeConfig): void {
    this.#events.configure(name, config);
  }

  /**
   * Invokes a function with a JSON text.
   * @throws AwsError ResourceNotFoundException, TooManyRequestsException, InvalidRequestContentException,
   * RequestTooLargeException; an error of the function itself is a result with `functionError`
   */
  async invoke(nameOrArn: string, payload: string, options: InvokeOptions = {}): Promise<InvokeResult> {
    const target = this.functions.resolve(nameOrArn, options.qualifier);
    checkPayload(payload, options.type);
    if (options.type === 'Event') {
      this.#events.accept(target, payload);
      return { payload: '', executedVersion: target.version };
    }
    const outcome = await this.#inTurn(target, payload, options.nested ?? false);
    return {
      payload: outcome.payload,
      executedVersion: target.version,
      ...(outcome.failed ? { functionError: 'Unhandled' as const } : {}),
    };
  }

  /** Asynchronous invocations that run, or wait for their next attempt. */
  get openEvents(): number {
    return this.#events.open;
  }

  /** The function's worker dies once: after its handler has finished, before anybody hears its answer. */
  crashNext(functionName: string): void {
    this.#crashes.add(functionName);
  }

  /**
   * Starts a process for each function (a name or an ARN, with its qualifier) that has none waiting. In virtual time a cold
   * start takes no time, and each function starts when it is first called.
   */
  async prewarm(names: readonly string[]): Promise<void> {
    if (this.#options.virtual !== undefined) return undefined;
    return this.#pool.prewarm(names.map((name) => this.functions.resolve(name)));
  }

  /** Ends every process; resolves when all are gone. Calls that are under way end as failed. */
  async close(): Promise<void> {
    await this.#pool.close();
    await this.#containers.close();
  }

  async #inTurn(target: FunctionVersion, payload: string, nested: boolean): Promise<Outcome> {
    if (this.#options.virtual === undefined) return this.#run(target, payload, undefined);
    const turn = await (nested ? this.#turns.join() : this.#turns.begin());
    try {
      return await this.#run(target, payload, turn);
    } finally {
      turn.end();
    }
  }

  async #run(target: FunctionVersion, payload: string, turn: Turn | undefined): Promise<Outcome> {
    const { config, version } = target;
    const running = this.#busy.get(config) ?? 0;
    if (this.#pool.closed || running >= (config.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    }
    this.#busy.set(config, running + 1);
    try {
      const worker = await this.#pool.take(target);
      const invocation = this.#invocation(target, payload, turn);
      turn?.at(invocation.deadline, () => worker.timeOut());
      const outcome = await worker.invoke(invocation);
      await this.#pool.release(config, worker);
      this.#options.onFinished?.({ functionName: config.name, version, failed: outcome.failed });
      return limited(outcome);
    } finally {
      this.#busy.set(config, (this.#busy.get(config) ?? 1) - 1);
    }
  }

  #invocation({ config, version }: FunctionVersion, payload: string, turn: Turn | undefined): Invocation {
    const { clock, virtual, surroundings } = this.#options;
    const at = clock.now();
    const number = (this.#counts.get(config.name) ?? 0) + 1;
    this.#counts.set(config.name, number);
    const seed = virtual && `${virtual.seed}/${config.name}/${number}`;
    const { requestId, traceId } = invocationIds(at, seed);
    const qualifier = version === '$LATEST' ? undefined : version;
    this.#options.onInvocation?.({ functionName: config.name, version, requestId, at, payload });
    return {
      requestId,
      payload,
      functionArn: functionArn(surroundings, config.name, qualifier),
      traceId,
      // Only virtual time reaches into the function; otherwise its clock is the machine's.
      deadline: (virtual === undefined ? Date.now() : at) + config.timeoutSeconds * 1000,
      timeoutSeconds: config.timeoutSeconds,
      crash: this.#crashes.delete(config.name),
      ...(seed !== undefined && {
        virtual: { now: at, seed, wait: (until, resume) => turn?.wait(until, resume) },
      }),
    };
  }

  #createWorker({ config, version }: FunctionVersion): Worker {
    const { clock, surroundings, credentials, virtual, log } = this.#options;
    const keys = credentials(config.roleArn, config.name);
    const environment = processEnvironment(config, version, surroundings, keys);
    const logLine = (line: string) => log?.({ functionName: config.name, version, line });
    if (virtual === undefined) return new ProcessWorker({ environment, log: logLine });
    return this.#containers.create({
      start: {
        environment,
        now: clock.now(),
        seed: `${virtual.seed}/${config.name}`,
        ...(surroundings.outside !== undefined && { outside: surroundings.outside }),
      },
      log: logLine,
      guardMs: virtual.guardMs ?? GUARD_MS,
    });
  }
}
