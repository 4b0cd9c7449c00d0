import type { LatencyPercentiles, MetricIdentity, Period, XRaySummary } from '../../lambdas/core/evidence.ts';
import type { MetricSource, TraceSource } from '../../lambdas/core/ports.ts';

/** Metrics as a test sets them; `asked` keeps the windows. */
export class FakeMetrics implements MetricSource, TraceSource {
  data: readonly Period[] = [];
  /** Thrown by the next reads. */
  refuses: Error | undefined;
  readonly asked: { from: Date; to: Date }[] = [];

  async identify(): Promise<MetricIdentity> {
    return { series: [] };
  }

  async periods({ from, to }: { from: Date; to: Date }): Promise<readonly Period[]> {
    this.asked.push({ from, to });
    if (this.refuses !== undefined) throw this.refuses;
    return this.data.filter(
      ({ start, end }) => Date.parse(start) >= from.getTime() && Date.parse(end) <= to.getTime(),
    );
  }

  /** Where percentiles of the primary's durations lie, in milliseconds. */
  percentiles: Readonly<Record<string, number>> = {};

  async primaryPercentiles(): Promise<LatencyPercentiles> {
    if (this.refuses !== undefined) throw this.refuses;
    return { milliseconds: this.percentiles };
  }

  async summary(): Promise<XRaySummary> {
    return {};
  }
}

/** A finished minute, with so many failed of so many requests on each side. */
export const minute = (
  index: number,
  canary: [number, number],
  primary: [number, number] = [0, 5700],
): Period => {
  const at = (offset: number) => new Date(Date.UTC(2026, 0, 1, 0, index + offset)).toISOString();
  const counts = ([failures, requests]: [number, number]) => ({
    requests,
    failures,
    timed: requests,
    slower: { '500': 0 },
  });
  return { start: at(0), end: at(1), canary: counts(canary), primary: counts(primary) };
};
