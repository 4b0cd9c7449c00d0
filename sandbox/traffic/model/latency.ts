import { gridCell } from '../../cloudwatch/distribution.ts';
import { exp, normalQuantile } from '../../exact-math.ts';
import type { Times } from '../tally.ts';
import type { LatencyModel } from './version.ts';

/** Equally likely latencies that stand for the whole lognormal: steps of 0.006 % of the requests, out to 4 sigma. */
const STEPS = 16_384;

let quantiles: Float64Array | undefined;

const standardNormal = (): Float64Array => {
  quantiles ??= Float64Array.from({ length: STEPS }, (_, index) => normalQuantile((index + 0.5) / STEPS));
  return quantiles;
};

/** Draws response times of one version: lognormal, a share of them slower by a fixed time. */
export class LatencySampler {
  readonly #milliseconds: Float64Array;
  readonly #cells: Uint32Array;
  readonly #slowShare: number;
  readonly #slowAddMs: number;

  constructor({ medianMs, sigma, slowShare = 0, slowAddMs = 0 }: LatencyModel) {
    this.#milliseconds = standardNormal().map((z) => medianMs * exp(sigma * z));
    this.#cells = Uint32Array.from(this.#milliseconds, gridCell);
    this.#slowShare = slowShare;
    this.#slowAddMs = slowAddMs;
  }

  /**
   * Adds `count` response times to `times`, each multiplied by `slowdown`. Times above `limitMs` are cut off there. Returns how
   * many were.
   */
  draw(
    random: () => number,
    count: number,
    {
      times,
      slowdown = 1,
      limitMs = Number.POSITIVE_INFINITY,
    }: { times: Times; slowdown?: number; limitMs?: number },
  ): number {
    let cut = 0;
    const longest = this.#milliseconds[STEPS - 1] ?? 0;
    const plain = this.#slowShare === 0 && slowdown === 1 && longest <= limitMs;
    for (let index = 0; index < count; index++) {
      const step = Math.floor(random() * STEPS);
      if (plain) {
        times.addCell(this.#cells[step] ?? 0);
        continue;
      }
      const slow = this.#slowShare > 0 && random() < this.#slowShare ? this.#slowAddMs : 0;
      const milliseconds = ((this.#milliseconds[step] ?? 0) + slow) * slowdown;
      if (milliseconds > limitMs) cut++;
      times.add(Math.min(milliseconds, limitMs));
    }
    return cut;
  }
}
