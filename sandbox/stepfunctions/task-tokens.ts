import { AwsError } from '../aws/service.ts';
import { TaskFailure } from './failure.ts';
import { uuid } from './jsonata/functions.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (failure: TaskFailure) => void;
  readonly heartbeat: () => void;
}

/** The tokens that tasks wait for, and those whose task is over. */
export class TaskTokens {
  readonly #random: () => number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #over = new Set<string>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A new token. AWS promises nothing of its form but a length of 1024 at most. */
  create(): string {
    const parts = Array.from({ length: 4 }, () => uuid(this.#random));
    return Buffer.from(parts.join('')).toString('base64');
  }

  /** The answer sent for this token; a failure sent for it rejects with a TaskFailure. */
  wait(token: string, heartbeat: () => void): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(token, { resolve, reject, heartbeat }));
  }

  /** Forgets a token whose task has ended otherwise. */
  expire(token: string): void {
    this.#waiting.delete(token);
    this.#over.add(token);
  }

  /** @throws AwsError InvalidOutput, InvalidToken, TaskTimedOut */
  success(token: string, output: string): void {
    let value: unknown;
    try {
      value = JSON.parse(output);
    } catch {
      throw new AwsError('InvalidOutput', "Invalid Output: 'Could not parse JSON.'", 400);
    }
    this.#take(token).resolve(value);
  }

  /** @throws AwsError InvalidToken, TaskTimedOut */
  failure(token: string, error: string | undefined, cause: string | undefined): void {
    this.#take(token).reject(new TaskFailure(error ?? '', cause));
  }

  /** @throws AwsError InvalidToken, TaskTimedOut */
  heartbeat(token: string): void {
    this.#find(token).heartbeat();
  }

  #find(token: string): Waiting {
    const waiting = this.#waiting.get(token);
    if (waiting) return waiting;
    if (this.#over.has(token)) {
      throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'", 400);
    }
    throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'", 400);
  }

  #take(token: string): Waiting {
    const waiting = this.#find(token);
    this.expire(token);
    return waiting;
  }
}
