import { Ledger } from '../ledger.ts';
import type { Streams } from './cohort.ts';
import { Fleet } from './fleet.ts';
import type { ModelledTrafficOptions } from './options.ts';
import { SliceWriter } from './slice-writer.ts';
import { streamsFor } from './streams.ts';

const MINUTE = 60_000;

/** How far the judge looks back for what is usual: 180 periods of a minute. */
export const HISTORY_MINUTES = 180;

/** The running version's traffic that came before. */
export interface History {
  readonly version: string;
  /** Default 180. */
  readonly minutes?: number | undefined;
  /** Requests a second. */
  readonly rps: number;
}

/** Writes a service's past, up to `now`: all on the running version's primary, with pods enough, counted by nobody. */
export const writeHistory = (
  writer: SliceWriter,
  { version, minutes = HISTORY_MINUTES, rps }: History,
  { now, period }: { now: number; period: number },
): void => {
  const world = {
    split: () => ({ primary: 100 }),
    podsOf: () => [{ version, ready: Number.MAX_SAFE_INTEGER }],
    policy: () => ({}),
    rpsAt: () => rps,
    directAt: () => [],
    ledger: new Ledger(),
  };
  const step = Math.min(period, MINUTE);
  let from = now - minutes * MINUTE;
  while (from < now) {
    const to = Math.min(now, (Math.floor(from / step) + 1) * step);
    writer.write({ from, to }, world);
    if (to % period === 0) writer.publish(to - period, to);
    from = to;
  }
};

/** The past of a service whose present is live: the judge and the preflight find the metrics that they would find in AWS. */
export const produceHistory = (
  options: Pick<
    ModelledTrafficOptions,
    | 'clock'
    | 'seed'
    | 'metrics'
    | 'traces'
    | 'versions'
    | 'service'
    | 'publishEveryMs'
    | 'sampling'
    | 'segmentName'
  >,
  history: History,
): void => {
  const streams: Streams = streamsFor(options.seed, options.service.virtualService);
  const writer = new SliceWriter(options, new Fleet(options.versions), streams);
  writeHistory(writer, history, { now: options.clock.now(), period: options.publishEveryMs ?? MINUTE });
};
