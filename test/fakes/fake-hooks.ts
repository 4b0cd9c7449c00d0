import type { HookAnswer, HookCall, Hooks } from '../../lambdas/core/hooks/hooks.ts';
import type { HookSpec } from '../../lambdas/core/spec/hooks.ts';

/** Hooks that say yes, but for those that a test has answer otherwise. */
export class FakeHooks implements Hooks {
  readonly calls: { readonly name: string; readonly call: HookCall }[] = [];
  readonly #answers = new Map<string, HookAnswer>();

  answer(name: string, status: number): void {
    this.#answers.set(name, { passed: status <= 202, found: `answered ${status}` });
  }

  async call(hook: HookSpec, call: HookCall): Promise<HookAnswer> {
    this.calls.push({ name: hook.name, call });
    return this.#answers.get(hook.name) ?? { passed: hook.type !== 'rollback', found: 'answered 200' };
  }

  get names(): string[] {
    return this.calls.map(({ name }) => name);
  }
}
