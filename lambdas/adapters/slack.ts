import { CanaryError, ErrorName } from '../core/errors.ts';
import type { Message } from '../core/messages/announcement.ts';
import type { Announcer } from '../core/ports.ts';

const TIMEOUT_MS = 5_000;
/** Slack answers errors by a word, such as `invalid_blocks`. */
const ANSWER_CHARACTERS = 100;

/** The webhook's address, from a secret that holds it as text or as `{"url": "…"}`. Who knows the address may post: no error shows it. */
export const webhookUrl = (secret: string): URL => {
  const wrong = (what: string) =>
    new CanaryError(ErrorName.InvalidInput, `alerts.slack.secret: the secret must hold ${what}`);
  const text = secret.trim();
  let address: unknown = text;
  if (text.startsWith('{')) {
    try {
      address = (JSON.parse(text) as { url?: unknown }).url;
    } catch {
      throw wrong('the webhook as text or as {"url": "https://…"}, it holds JSON that does not parse');
    }
  }
  if (typeof address !== 'string' || !URL.canParse(address))
    throw wrong('the webhook as text or as {"url": "https://…"}');
  const url = new URL(address);
  if (url.protocol !== 'https:') throw wrong(`an https address, its scheme is ${url.protocol}`);
  return url;
};

/** Posts to a Slack channel by its incoming webhook. */
export class SlackAnnouncer implements Announcer {
  readonly name = 'Slack';
  readonly #secret: () => Promise<string>;
  readonly #post: typeof fetch;

  /**
   * @param secret reads the webhook's address
   * @param post for tests
   */
  constructor(secret: () => Promise<string>, post: typeof fetch = fetch) {
    this.#secret = secret;
    this.#post = post;
  }

  async send({ slack }: Message): Promise<void> {
    const url = webhookUrl(await this.#secret());
    const answer = await this.#request(url, JSON.stringify(slack));
    if (answer.ok) return;
    const word = (await answer.text().catch(() => '')).slice(0, ANSWER_CHARACTERS);
    const later = answer.status === 429 || answer.status >= 500;
    throw new CanaryError(
      later ? ErrorName.Transient : ErrorName.InvalidInput,
      `Slack answered ${answer.status} ${word}`.trim(),
    );
  }

  async #request(url: URL, body: string): Promise<Response> {
    try {
      return await this.#post(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body,
        // The secret names the host; another one has no business with the message.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      // The original is not kept as the cause: it may hold the address.
      const name = error instanceof Error ? error.name : 'error';
      throw new CanaryError(ErrorName.Transient, `Slack was not reached within 5s (${name})`);
    }
  }
}
