import type { Clock } from '../../../clock.ts';
import { AwsError } from '../../service.ts';
import type { Deliver, Delivery } from './rule.ts';

/** EventBridge's defaults: 185 tries again within 24 hours (User Guide, "Retry policy and dead-letter queues"). */
const MOST_RETRIES = 185;
const MOST_AGE_SECONDS = 24 * 60 * 60;

/** The first wait, doubled each time up to the longest; AWS publishes only "exponential backoff and jitter". */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 10 * 60_000;

/** Errors that no later try can mend: the target is gone, or the event may not go there. */
const FINAL =
  /NotFound|DoesNotExist|AccessDenied|NotAuthorized|AuthorizationError|InvalidParameter|Validation|ExecutionAlreadyExists/;

/** A delivery that was given up, as it lies in a dead-letter queue. */
export interface DeadLetter {
  /** The queue's ARN; undefined when the target has none and the event is lost. */
  readonly queue: string | undefined;
  readonly delivery: Delivery;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** `MaximumRetryAttempts`, `MaximumEventAgeInSeconds`, or the error itself was final. */
  readonly exhausted: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'FinalError';
}

export interface DelivererOptions {
  readonly clock: Clock;
  readonly deliver: Deliver;
  /** Told when a delivery is given up. */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
}

/** Delivers events to targets, tries again with growing waits, and gives up by the target's retry policy. */
export class Deliverer {
  readonly #options: DelivererOptions;

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** Resolves after the first attempt; later ones come by the clock. */
  async send(first: Omit<Delivery, 'attempt'>): Promise<void> {
    await this.#attempt({ ...first, attempt: 1 }, this.#options.clock.now());
  }

  async #attempt(delivery: Delivery, since: number): Promise<void> {
    try {
      await this.#options.deliver(delivery);
    } catch (error) {
      this.#failed(delivery, since, error as Error);
    }
  }

  #failed(delivery: Delivery, since: number, error: Error): void {
    const { clock } = this.#options;
    const { target, attempt } = delivery;
    const { MaximumRetryAttempts = MOST_RETRIES, MaximumEventAgeInSeconds = MOST_AGE_SECONDS } =
      target.RetryPolicy ?? {};
    const next = clock.now() + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
    if (error instanceof AwsError && FINAL.test(error.name)) this.#giveUp(delivery, error, 'FinalError');
    else if (attempt > MaximumRetryAttempts) this.#giveUp(delivery, error, 'MaximumRetryAttempts');
    else if (next > since + MaximumEventAgeInSeconds * 1000)
      this.#giveUp(delivery, error, 'MaximumEventAgeInSeconds');
    else clock.schedule(next, () => this.#attempt({ ...delivery, attempt: attempt + 1 }, since));
  }

  #giveUp(delivery: Delivery, error: Error, exhausted: DeadLetter['exhausted']): void {
    const queue = delivery.target.DeadLetterConfig?.Arn;
    this.#options.onDeadLetter?.({
      queue,
      delivery,
      errorCode: error.name,
      errorMessage: error.message,
      exhausted,
    });
  }
}
