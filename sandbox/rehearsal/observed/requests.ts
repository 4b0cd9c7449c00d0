import type { LoggedLine } from './function-log.ts';

/** One time that `start-rollout` was asked for a release. */
interface Request {
  /** Seconds since 0 s. */
  readonly at: number;
  readonly version: string;
  /** Of the invocation. */
  readonly requestId: string;
  reason: string;
}

interface Payload {
  readonly tag?: string;
  readonly event?: { readonly detail?: { readonly 'image-tag'?: string } };
}

/** `start-rollout` writes its answer to its log. */
const ANSWER = /^(skipped|queued|refused): (.*)$/s;

/** The releases that were asked for, and why those did not start that did not. */
export class Requests {
  readonly #asked: Request[] = [];

  /** `start-rollout` begins. */
  asked(at: number, requestId: string, payload: string): void {
    const { tag, event } = JSON.parse(payload) as Payload;
    this.#asked.push({ at, version: tag ?? event?.detail?.['image-tag'] ?? '', requestId, reason: '' });
  }

  /** `start-rollout` wrote a line: its answer, or why it failed. */
  wrote({ level, message, requestId }: LoggedLine): void {
    const request = this.#asked.find((one) => one.requestId === requestId);
    if (request === undefined) return;
    const answer = ANSWER.exec(message)?.[2] ?? (level === 'INFO' ? '' : message);
    if (answer !== '') request.reason = answer;
  }

  /** Why a release that was asked for from `from` to before `until` (seconds) started nothing. */
  reasonFor(version: string, from: number, until: number): string {
    const index = this.#asked.findLastIndex(
      (one) => one.version === version && one.at >= from && one.at < until,
    );
    const request = this.#asked[index];
    if (request === undefined) return `no rule of the service takes ${version}`;
    const newer = this.#asked.slice(index + 1).find((one) => one.version !== version);
    if (!/ waits for it$/.test(request.reason) || newer === undefined) return request.reason;
    return `${request.reason}; ${newer.version} took its place`;
  }
}
