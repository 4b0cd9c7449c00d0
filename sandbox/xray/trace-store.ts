import type { Clock } from '../clock.ts';
import type { Place } from '../cloudwatch/metric-store.ts';

/** How a traced request ended: ok, error (4XX), fault (5XX). */
export type Outcome = 'ok' | 'error' | 'fault';

/** Response times in seconds, with how many traces took each. */
export type Seconds = ReadonlyMap<number, number>;

/** Traced requests of one service from one source, within one minute. */
export interface TraceBatch extends Partial<Place> {
  /** Epoch ms. */
  readonly at: number;
  /** The segment's name: for App Mesh `mesh/virtualNode`. */
  readonly service: string;
  readonly type?: string | undefined;
  /** The caller's segment name; undefined where nobody in the mesh called. */
  readonly source?: string | undefined;
  readonly times: Partial<Record<Outcome, Seconds>>;
  /** A trace's own id and annotations, for a batch of one. */
  readonly trace?: {
    readonly id: string;
    readonly annotations: Readonly<Record<string, string | number | boolean>>;
  };
}

type StoredBatch = Omit<TraceBatch, keyof Place> & Place;

export const OUTCOMES: readonly Outcome[] = ['ok', 'error', 'fault'];

/** The traces that X-Ray has: sampled requests only, so its counts are never all requests. */
export class TraceStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #home: Place;
  readonly #batches: StoredBatch[] = [];
  readonly #writers: (() => void)[] = [];

  /** @param home the account and region of batches that name none */
  constructor({ clock, home }: { clock: Pick<Clock, 'now'>; home: Place }) {
    this.#clock = clock;
    this.#home = home;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Asked before every read: traffic that is produced on demand catches up here. */
  beforeRead(write: () => void): void {
    this.#writers.push(write);
  }

  record(batch: TraceBatch): void {
    const account = batch.account ?? this.#home.account;
    const region = batch.region ?? this.#home.region;
    this.#batches.push({ ...batch, account, region });
  }

  /** The batches of a place with times in [from, to), epoch ms. */
  read({ from, to }: { from: number; to: number }, place: Place = this.#home): readonly TraceBatch[] {
    for (const write of this.#writers) write();
    return this.#batches.filter(
      ({ at, account, region }) =>
        at >= from && at < to && account === place.account && region === place.region,
    );
  }
}
