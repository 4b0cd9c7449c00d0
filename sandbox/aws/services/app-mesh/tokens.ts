import { AwsError, type Call } from '../../service.ts';
import type { Shape } from '../../wire/schema.ts';

interface Used {
  readonly request: string;
  readonly answer: Shape;
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

/**
 * Client tokens: the same token with the same request is answered as before and changes nothing; with another request it
 * is a ConflictException. How long AWS remembers a token is not published; here it is never forgotten.
 */
export class ClientTokens {
  readonly #used = new Map<string, Used>();

  /** Runs `work` once per token. */
  once(input: Shape, { account, region, operation }: Call, work: () => Shape): Shape {
    const { clientToken, ...rest } = input;
    if (typeof clientToken !== 'string') return work();
    const key = `${account} ${region} ${clientToken}`;
    const request = `${operation} ${canonical(rest)}`;
    const used = this.#used.get(key);
    if (used === undefined) {
      const answer = work();
      this.#used.set(key, { request, answer });
      return answer;
    }
    if (used.request === request) return used.answer;
    const message = `The client token ${clientToken} was used for a previous call with different specifications.`;
    throw new AwsError('ConflictException', message);
  }
}
