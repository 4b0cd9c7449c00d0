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

/** Counts draws by cell before they are added: a period has thousands of requests, and some hundred cells. */
class CellCounts {
  readonly #first: number;
  readonly #counts: Uint32Array;
  #drawn: number[] = [];

  constructor(first: number, last: number) {
    this.#first = first;
    this.#counts = new Uint32Array(last - first + 1);
  }

  count(cell: number): void {
    const index = cell - this.#first;
    const before = this.#counts[index] ?? 0;
    if (before === 0) this.#drawn.push(cell);
    this.#counts[index] = before + 1;
  }

  /** Adds the cells in the order in which they were first drawn, and counts anew. */
  moveTo(times: Times): void {
    for (const cell of this.#drawn) {
      times.addCell(cell, this.#counts[cell - this.#first]);
      this.#counts[cell - this.#first] = 0;
    }
    this.#drawn = [];
  }
}

interface Drawing {
  readonly times: Times;
  readonly slowdown?: number;
  readonly limitMs?: number;
}

/** Draws response times of one version: lognormal, a share of them slower by a fixed time. */
export class LatencySampler {
  readonly #milliseconds: Float64Array;
  readonly #cells: Uint32Array;
  /** Of the slower ones. */
  readonly #slowCells: Uint32Array;
  readonly #slowShare: number;
  readonly #slowAddMs: number;
  readonly #longest: number;
  readonly #counts: CellCounts;

  constructor({ medianMs, sigma, slowShare = 0, slowAddMs = 0 }: LatencyModel) {
    this.#milliseconds = standardNormal().map((z) => medianMs * exp(sigma * z));
    this.#cells = Uint32Array.from(this.#milliseconds, gridCell);
    this.#slowShare = slowShare;
    this.#slowAddMs = slowAddMs;
    this.#slowCells =
      slowShare === 0
        ? this.#cells
        : Uint32Array.from(this.#milliseconds, (milliseconds) => gridCell(milliseconds + slowAddMs));
    const ends = [this.#cells[0], this.#cells.at(-1), this.#slowCells[0], this.#slowCells.at(-1)].map(Number);
    this.#longest = (this.#milliseconds[STEPS - 1] ?? 0) + (slowShare === 0 ? 0 : Math.max(0, slowAddMs));
    this.#counts = new CellCounts(Math.min(...ends), Math.max(...ends));
  }

  /**
   * Adds `count` response times to `times`, each multiplied by `slowdown`. Times above `limitMs` are cut off there. Returns how
   * many were.
   */
  draw(random: () => number, count: number, drawing: Drawing): number {
    const { slowdown = 1, limitMs = Number.POSITIVE_INFINITY } = drawing;
    if (slowdown !== 1 || this.#longest > limitMs) return this.#drawEach(random, count, drawing);
    for (let index = 0; index < count; index++) {
      const step = Math.floor(random() * STEPS);
      const slow = this.#slowShare > 0 && random() < this.#slowShare;
      this.#counts.count((slow ? this.#slowCells : this.#cells)[step] ?? 0);
    }
    this.#counts.moveTo(drawing.times);
    return 0;
  }

  #drawEach(random: () => number, count: number, drawing: Drawing): number {
    const { times, slowdown = 1, limitMs = Number.POSITIVE_INFINITY } = drawing;
    let cut = 0;
    for (let index = 0; index < count; index++) {
      const step = Math.floor(random() * STEPS);
      const slow = this.#slowShare > 0 && random() < this.#slowShare ? this.#slowAddMs : 0;
      const milliseconds = ((this.#milliseconds[step] ?? 0) + slow) * slowdown;
      if (milliseconds > limitMs) cut++;
      times.add(Math.min(milliseconds, limitMs));
    }
    return cut;
  }
}
