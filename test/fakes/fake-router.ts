import { CanaryError } from '../../lambdas/core/errors.ts';
import type { RouteState, TrafficRouter } from '../../lambdas/core/ports.ts';
import type { Side, Weights } from '../../lambdas/core/rollout.ts';

/** A route in memory. `refuses` is thrown by the next writes, `lags` hides so many writes from being read back. */
export class FakeRouter implements TrafficRouter {
  readonly identity = { mesh: 'global', nodes: { primary: 'podinfo-primary', canary: 'podinfo-canary' } };
  weights: Weights = { primary: 100, canary: 0 };
  /** Weight of a target that is not ours. */
  stranger = 0;
  /** What makes its strategy impossible. */
  inTheWay: readonly string[] = [];
  readonly written: Weights[] = [];
  refuses: Error | undefined;
  /** When the route was last written, as the router tells (ISO 8601). */
  updatedAt: string | undefined;
  #version = 1;
  #owner: string | undefined;

  async read(): Promise<RouteState> {
    if (this.stranger > 0)
      throw new CanaryError('Canary.RouteChanged', `target stranger has weight ${this.stranger}`);
    return {
      weights: this.weights,
      version: String(this.#version),
      ...(this.updatedAt !== undefined && { updatedAt: this.updatedAt }),
    };
  }

  async shift(weights: Weights): Promise<RouteState> {
    await this.read();
    return this.restore(weights);
  }

  async restore(weights: Weights): Promise<RouteState> {
    if (this.refuses !== undefined) throw this.refuses;
    this.stranger = 0;
    if (weights.canary !== this.weights.canary) {
      this.weights = weights;
      this.written.push(weights);
      this.#version++;
    }
    return this.read();
  }

  async verify(weights: Weights): Promise<boolean> {
    return (await this.read()).weights.canary === weights.canary;
  }

  async hasAll(side: Side): Promise<boolean> {
    return (await this.read()).weights[side] === 100;
  }

  async obstacles(): Promise<readonly string[]> {
    return this.inTheWay;
  }

  async owner(): Promise<string | undefined> {
    return this.#owner;
  }

  async own(service: string): Promise<void> {
    this.#owner = service;
  }
}
