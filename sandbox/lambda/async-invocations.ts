import type { Clock } from '../clock.ts';
import type { FunctionVersion } from './catalogue.ts';
import { functionArn } from './function-config.ts';
import type { Outcome } from './worker.ts';

/** How a function's asynchronous invocations are retried, and where they go when that was in vain. */
export interface EventInvokeConfig {
  /** 0 to 2. Default: 2. */
  readonly maximumRetryAttempts?: number;
  /** The on-failure destination's ARN: receives the record with request and response. */
  readonly onFailure?: string;
  /** The dead-letter queue's or topic's ARN: receives the event alone. */
  readonly deadLetter?: string;
}

/** An event that a function could not handle, on its way to a destination or a dead-letter target. */
export interface FailedEvent {
  readonly targetArn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The function's role, which must be allowed to send there. */
  readonly roleArn: string;
}

/** Takes a failed event to a queue, topic, bus or function. */
export type FailureTarget = (failed: FailedEvent) => unknown;

interface AsyncInvocationsOptions {
  readonly clock: Clock;
  readonly place: { readonly region: string; readonly account: string };
  readonly invoke: (target: FunctionVersion, payload: string) => Promise<Outcome>;
  readonly failures: FailureTarget | undefined;
}

/** Lambda waits one minute before the first retry and two before the second (developer guide, "Asynchronous invocation"). */
const RETRY_DELAYS_MS = [60_000, 120_000];

/** Invocations that nobody waits for: queued, retried twice, then handed to the failure targets. */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #configs = new Map<string, EventInvokeConfig>();
  #open = 0;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** Events that are neither handled nor given up: they run, or wait for their next attempt. */
  get open(): number {
    return this.#open;
  }

  /** Adds to what is known of the function: its dead-letter target and its retries come from two resources. */
  configure(name: string, config: EventInvokeConfig): void {
    this.#configs.set(name, { ...this.#configs.get(name), ...config });
  }

  accept(target: FunctionVersion, payload: string): void {
    this.#open++;
    this.#scheduleAttempt(target, payload, 1, this.#options.clock.now());
  }

  #scheduleAttempt(target: FunctionVersion, payload: string, attempt: number, at: number): void {
    const { clock } = this.#options;
    // Not tracked as a whole: time goes on while the function waits.
    clock.schedule(at, () => {
      void this.#attempt(target, payload, attempt);
    });
  }

  async #attempt(target: FunctionVersion, payload: string, attempt: number): Promise<void> {
    const { clock, invoke } = this.#options;
    const outcome = await invoke(target, payload).catch(refused);
    if (!outcome.failed) {
      this.#open--;
      return;
    }
    const retries = this.#configs.get(target.config.name)?.maximumRetryAttempts ?? RETRY_DELAYS_MS.length;
    const delay = attempt <= retries ? RETRY_DELAYS_MS[attempt - 1] : undefined;
    if (delay === undefined) {
      this.#open--;
      await clock.track(this.#giveUp(target, payload, attempt, outcome));
    } else this.#scheduleAttempt(target, payload, attempt + 1, clock.now() + delay);
  }

  async #giveUp(target: FunctionVersion, payload: string, attempts: number, outcome: Outcome): Promise<void> {
    const { failures } = this.#options;
    const { roleArn } = target.config;
    const { onFailure, deadLetter } = this.#configs.get(target.config.name) ?? {};
    const error = JSON.parse(outcome.payload) as { errorMessage?: string };
    if (deadLetter !== undefined) {
      const attributes = { ErrorCode: '200', ErrorMessage: error.errorMessage ?? '' };
      await failures?.({ targetArn: deadLetter, body: payload, attributes, roleArn });
    }
    if (onFailure !== undefined) {
      const body = JSON.stringify(this.#record(target, payload, attempts, error));
      await failures?.({ targetArn: onFailure, body, attributes: {}, roleArn });
    }
  }

  /** The record that a destination receives (developer guide, "Capturing records of asynchronous invocations"). */
  #record({ config, version }: FunctionVersion, payload: string, attempts: number, error: unknown) {
    const { clock, place } = this.#options;
    return {
      version: '1.0',
      timestamp: new Date(clock.now()).toISOString(),
      requestContext: {
        functionArn: functionArn(place, config.name, version),
        condition: 'RetriesExhausted',
        approximateInvokeCount: attempts,
      },
      requestPayload: JSON.parse(payload) as unknown,
      responseContext: { statusCode: 200, executedVersion: version, functionError: 'Unhandled' },
      responsePayload: error,
    };
  }
}

const refused = (error: Error): Outcome => ({
  payload: JSON.stringify({ errorType: error.name, errorMessage: error.message }),
  failed: true,
});
