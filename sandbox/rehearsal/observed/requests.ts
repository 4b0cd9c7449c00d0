import type { LoggedLine } from './function-log.ts';

/** One time that `start-rollout` was asked for a release. */
interface Request {
  /** Seconds since 0 s. */
  readonly at: number;
  /** The tag; `OF_TEMPLATE` where a changed pod template asked, which names none. */
  readonly version: string;
  /** Of the invocation. */
  readonly requestId: string;
  reason: string;
}

interface Payload {
  readonly tag?: string;
  /** An ECR push, or a request by PutEvents. */
  readonly event?: { readonly detail?: { readonly 'image-tag'?: string; readonly tag?: string } };
}

const OF_TEMPLATE = '';

/** `start-rollout` writes its answer to its log. */
const ANSWER = /^(skipped|queued|refused): (.*)$/s;

/** The releases that were asked for, and why those did not start that did not. */
export class Requests {
  readonly #asked: Request[] = [];

  /** `start-rollout` begins. */
  asked(at: number, requestId: string, payload: string): void {
    const { tag, event } = JSON.parse(payload) as Payload;
    const version = tag ?? event?.detail?.['image-tag'] ?? event?.detail?.tag ?? OF_TEMPLATE;
    this.#asked.push({ at, version, requestId, reason: '' });
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
    const indexOf = (asked: string) =>
      this.#asked.findLastIndex((one) => one.version === asked && one.at >= from && one.at < until);
    const index = indexOf(version) >= 0 ? indexOf(version) : indexOf(OF_TEMPLATE);
    const request = this.#asked[index];
    if (request === undefined) return `nothing that the spec's trigger names asks for ${version}`;
    const newer = this.#asked.slice(index + 1).find((one) => one.version !== version);
    if (!/ waits for it$/.test(request.reason) || newer === undefined) return request.reason;
    return `${request.reason}; ${newer.version} took its place`;
  }
}
