/** How what a rehearsal has no model of answers: a status code, never, with what is no answer, or with a redirect. */
export type OutsideAnswer = number | 'hang' | 'garbage' | 'redirect';

/** `EXECUTION/HOOK/TIME`, as a hook's idempotency key is made. */
export const hookIn = (idempotencyKey: unknown): string => String(idempotencyKey ?? '').split('/')[1] ?? '';

/** The JSON object in a body; empty where there is none. */
export const objectIn = (body: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** What hooks are answered, over HTTP or as Lambda functions: 200, unless it was said otherwise. */
export class HookAnswers {
  readonly #said = new Map<string, OutsideAnswer>();

  /** From now on, calls of this hook are answered so. */
  say(hook: string, answer: OutsideAnswer): void {
    this.#said.set(hook, answer);
  }

  to(hook: string): OutsideAnswer {
    return this.#said.get(hook) ?? 200;
  }
}
