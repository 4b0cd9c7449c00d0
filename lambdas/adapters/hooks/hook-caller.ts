import { setTimeout as wait } from 'node:timers/promises';
import { isCanaryError } from '../../core/errors.ts';
import type { HookAnswer, HookCall, Hooks } from '../../core/hooks/hooks.ts';
import { type HookSpec, retryDelay, SECRET } from '../../core/spec/hooks.ts';
import { type Answered, answerOf, mayRetry, Unanswered } from './answer.ts';
import { postHook } from './http-hook.ts';

/** How a spec's hooks are reached. */
export interface HookReach {
  readonly secret: (name: string) => Promise<string>;
  readonly invoke: (hook: HookSpec, body: object) => Promise<Answered>;
  /** For tests. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Calls hooks over HTTP(S), or as Lambda functions; attempts again where that may help. */
export class HookCaller implements Hooks {
  readonly #reach: HookReach;

  constructor(reach: HookReach) {
    this.#reach = reach;
  }

  async call(hook: HookSpec, call: HookCall): Promise<HookAnswer> {
    try {
      return await this.#attempts(hook, call);
    } catch (error) {
      // Of our own errors only a secret's is left: a spec's mistake, which is a no and not a rollout's end.
      if (isCanaryError(error)) return { passed: false, found: `could not be called: ${error.message}` };
      throw error;
    }
  }

  async #attempts(hook: HookSpec, { payload, idempotencyKey }: HookCall): Promise<HookAnswer> {
    const headers = hook.function === undefined ? await this.#headers(hook, idempotencyKey) : {};
    const attempt = () =>
      hook.function === undefined
        ? postHook(hook, headers, JSON.stringify(payload))
        : this.#reach.invoke(hook, { ...payload, idempotencyKey });
    const { sleep = wait } = this.#reach;
    for (let tries = 1; ; tries += 1) {
      const answer = await attempt().catch((error: unknown) => {
        if (error instanceof Unanswered) return error;
        throw error;
      });
      const again = answer instanceof Unanswered || mayRetry(answer);
      if (!again || tries > hook.retries) {
        const { passed, found } =
          answer instanceof Unanswered ? { passed: false, found: answer.message } : answerOf(answer);
        return { passed, found: tries > 1 && !passed ? `${found}, ${tries} attempts` : found };
      }
      await sleep(retryDelay(tries) * 1000);
    }
  }

  async #headers(hook: HookSpec, idempotencyKey: string): Promise<Record<string, string>> {
    const headers: Record<string, string> = { 'idempotency-key': idempotencyKey };
    for (const [name, value] of Object.entries(hook.headers)) {
      const secret = SECRET.exec(value)?.[1];
      headers[name] = secret === undefined ? value : (await this.#reach.secret(secret)).trim();
    }
    return headers;
  }
}
