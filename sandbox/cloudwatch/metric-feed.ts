import type { Clock } from '../clock.ts';

/** What becomes of points on their way: kept, lost, or later than usual. */
export type MetricState = 'ok' | 'missing' | 'late';

interface Condition {
  /** Epoch ms. */
  readonly from: number;
  readonly state: MetricState;
  readonly by: number;
}

/**
 * The way from the publishers to CloudWatch, with what is wrong on it and since when. A point is judged by its own time, not
 * by when it was sent: with `missing` from 6 to 11 minutes, the minutes 6 to 10 are lost.
 */
export class MetricFeed {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #conditions: Condition[] = [];
  #delay = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Sets how long every point that is published from now on takes. */
  setDelay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  setState(state: MetricState, { by = 0 }: { by?: number } = {}): void {
    this.#conditions.push({ from: this.#clock.now(), state, by: state === 'late' ? by : 0 });
  }

  /** When a point of time `at` can be read, epoch ms; undefined when it is lost. */
  visibleFrom(at: number, publishedAt: number): number | undefined {
    const condition = this.#conditions.findLast(({ from }) => from <= at);
    if (condition?.state === 'missing') return undefined;
    return publishedAt + this.#delay + (condition?.by ?? 0);
  }
}
