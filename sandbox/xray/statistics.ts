import type { HistogramEntry, ServiceStatistics } from '@aws-sdk/client-xray';
import { OUTCOMES, type TraceBatch } from './trace-store.ts';

/** The summary that X-Ray gives for services and edges alike. */
export const summaryOf = (batches: readonly TraceBatch[]): ServiceStatistics => {
  const counts = { ok: 0, error: 0, fault: 0 };
  let totalSeconds = 0;
  for (const { times } of batches)
    for (const outcome of OUTCOMES)
      for (const [seconds, count] of times[outcome] ?? []) {
        counts[outcome] += count;
        totalSeconds += seconds * count;
      }
  return {
    OkCount: counts.ok,
    ErrorStatistics: { ThrottleCount: 0, OtherCount: counts.error, TotalCount: counts.error },
    FaultStatistics: { OtherCount: counts.fault, TotalCount: counts.fault },
    TotalCount: counts.ok + counts.error + counts.fault,
    TotalResponseTime: totalSeconds,
  };
};

/** Response times of all traces together, rising. */
export const histogramOf = (batches: readonly TraceBatch[]): HistogramEntry[] => {
  const counts = new Map<number, number>();
  for (const { times } of batches)
    for (const outcome of OUTCOMES)
      for (const [seconds, count] of times[outcome] ?? [])
        counts.set(seconds, (counts.get(seconds) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b).map(([Value, Count]) => ({ Value, Count }));
};
