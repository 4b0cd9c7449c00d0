import { gridCell, gridValue } from '../cloudwatch/distribution.ts';

/** Response times as counts per cell of the grid (`gridCell` of milliseconds): 0.4 % fine, small however many there are. */
export class Times {
  readonly #cells = new Map<number, number>();

  /** Adds `count` responses that took this long. */
  add(milliseconds: number, count = 1): void {
    this.addCell(gridCell(milliseconds), count);
  }

  addCell(cell: number, count = 1): void {
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + count);
  }

  addAll(other: Times): void {
    for (const [cell, count] of other.#cells) this.addCell(cell, count);
  }

  /** [milliseconds, count], rising. */
  entries(): [number, number][] {
    const cells = Uint32Array.from(this.#cells.keys()).sort();
    return Array.from(cells, (cell) => [gridValue(cell), this.#cells.get(cell) ?? 0]);
  }

  /** Seconds with their counts, rising: X-Ray's unit. */
  seconds(): ReadonlyMap<number, number> {
    return new Map(this.entries().map(([milliseconds, count]) => [milliseconds / 1_000, count]));
  }
}

/** What one caller saw of one target in one period: every attempt, retried ones too. */
export class Tally {
  requests = 0;
  /** Answers by class: 2 for 2XX and so on. */
  readonly classes = new Map<number, number>();
  readonly times = new Times();

  /** Adds attempts that were answered with this status. A connection that failed is a 503 with no time. */
  add(status: number, count: number): void {
    if (count <= 0) return;
    this.requests += count;
    const kind = Math.floor(status / 100);
    this.classes.set(kind, (this.classes.get(kind) ?? 0) + count);
  }
}
