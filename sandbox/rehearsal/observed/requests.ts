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

/** A template that nobody has changed. */
const SETTLED = / is what (the primary runs|a rollout deployed)$/;

/** `start-rollout` writes its answer to its log. */
const ANSWER = /^(skipped|queued|refused): (.*)$/s;

/** Whether a release was taken in to wait for the one under way, and no newer one is said to have come. */
export const hasWaited = (reason: string): boolean => / waits for it$/.test(reason);

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
    // A call that failed may come again, and start.
    if (answer !== '' || message.startsWith('started ')) request.reason = answer;
  }

  #between(version: string, from: number, until: number): Request[] {
    return this.#asked.filter((one) => one.version === version && one.at >= from && one.at < until);
  }

  /** Whether a rollout may come from what was asked in this span: it was started, it waited, or nothing is known. */
  mayHaveStarted(version: string, from: number, until: number, byTemplate = false): boolean {
    const asked = this.#between(byTemplate ? OF_TEMPLATE : version, from, until);
    return asked.length === 0 || asked.some(({ reason }) => reason === '' || hasWaited(reason));
  }

  /**
   * Why a release that was asked for from `from` to before `until` (seconds) started nothing; undefined where nothing asked.
   * @param byTemplate whether a changed pod template asked for it
   */
  reasonFor(version: string, from: number, until: number, byTemplate = false): string | undefined {
    const asked = this.#between(byTemplate ? OF_TEMPLATE : version, from, until).filter(
      ({ reason }) => reason !== '',
    );
    // A template is looked at again each minute: what it was refused for once is the news, later it only is as it was.
    const news = byTemplate ? asked.find(({ reason }) => !SETTLED.test(reason)) : undefined;
    const request = news ?? asked.at(-1);
    if (request === undefined || !hasWaited(request.reason)) return request?.reason;
    const newer = this.#asked
      .slice(this.#asked.indexOf(request) + 1)
      .find((one) => one.version !== version && one.version !== OF_TEMPLATE);
    return newer === undefined ? request.reason : `${request.reason}; ${newer.version} took its place`;
  }
}
