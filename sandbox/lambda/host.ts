import { AwsError } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { AsyncInvocations, type EventInvokeConfig, type FailureTarget } from './async-invocations.ts';
import { FunctionCatalogue, type FunctionVersion } from './catalogue.ts';
import {
  type Credentials,
  type FunctionConfig,
  functionArn,
  processEnvironment,
  type Surroundings,
} from './function-config.ts';
import { invocationIds } from './identifiers.ts';
import { checkPayload, limited } from './payload.ts';
import { type Turn, Turns } from './turns.ts';
import { type Invocation, type Outcome, Worker } from './worker.ts';
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
  /** Set in virtual time: functions get the sandbox's time and seeded randomness, and run one at a time. */
  readonly virtual?: { readonly seed: number | string };
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

/** Runs functions in processes of their own over the Lambda Runtime API; idle processes are used again. */
export class LambdaHost {
  readonly functions: FunctionCatalogue;
  readonly #options: LambdaHostOptions;
  readonly #pool: WorkerPool;
  readonly #deployedAt = new Map<string, number>();
  readonly #busy = new Map<FunctionConfig, number>();
  readonly #crashes = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #events: AsyncInvocations;
  readonly #turns: Turns;

  constructor(options: LambdaHostOptions) {
    this.#options = options;
    this.functions = new FunctionCatalogue(options.surroundings);
    this.#pool = new WorkerPool((target) => this.#createWorker(target));
    this.#turns = new Turns(options.clock);
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
    this.#deployedAt.set(config.name, this.#options.clock.now());
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
    checkPayload(payload);
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

  /** The function's process dies once: after its handler has finished, before anybody hears its answer. */
  crashNext(functionName: string): void {
    this.#crashes.add(functionName);
  }

  /** Starts a process for each function (a name or an ARN, with its qualifier) that has none waiting. */
  prewarm(names: readonly string[]): Promise<void> {
    return this.#pool.prewarm(names.map((name) => this.functions.resolve(name)));
  }

  /** Ends every process; resolves when all are gone. Calls that are under way end as failed. */
  close(): Promise<void> {
    return this.#pool.close();
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

  #invocation(
    { config, version }: FunctionVersion,
    payload: string,
    turn: Turn | undefined,
  ): Invocation & { readonly deadline: number } {
    const { clock, virtual, surroundings } = this.#options;
    const at = clock.now();
    const number = (this.#counts.get(config.name) ?? 0) + 1;
    this.#counts.set(config.name, number);
    const seed = virtual && `${virtual.seed}/${config.name}/${number}`;
    const { requestId, traceId } = invocationIds(at, seed);
    // Only virtual time reaches into the process; otherwise its clock is the machine's.
    const deadline = (virtual === undefined ? Date.now() : at) + config.timeoutSeconds * 1000;
    const qualifier = version === '$LATEST' ? undefined : version;
    this.#options.onInvocation?.({ functionName: config.name, version, requestId, at, payload });
    return {
      requestId,
      payload,
      deadline,
      timeoutSeconds: config.timeoutSeconds,
      crash: this.#crashes.delete(config.name),
      wait: (until, resume) => turn?.wait(until, resume),
      headers: {
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': String(deadline),
        'lambda-runtime-invoked-function-arn': functionArn(surroundings, config.name, qualifier),
        'lambda-runtime-trace-id': traceId,
        ...(seed === undefined ? {} : { 'sandbox-now': String(at), 'sandbox-seed': seed }),
      },
    };
  }

  #createWorker({ config, version }: FunctionVersion): Worker {
    const { surroundings, credentials, virtual, log } = this.#options;
    // The same whenever the process happens to start.
    const now = this.#deployedAt.get(config.name) ?? 0;
    return new Worker({
      environment: processEnvironment(
        config,
        version,
        surroundings,
        credentials(config.roleArn, config.name),
      ),
      log: (line) => log?.({ functionName: config.name, version, line }),
      ...(virtual === undefined ? {} : { virtual: { now, seed: `${virtual.seed}/${config.name}` } }),
    });
  }
}
