import { CanaryError, ErrorName, isCanaryError } from '../../core/errors.ts';
import type { Counts, EvidenceQuery } from '../../core/evidence.ts';
import type { OwnMetrics, OwnPeriod } from '../../core/ports.ts';
import type { Side } from '../../core/rollout.ts';
import type { NumberSpec } from '../../core/spec/metrics.ts';
import { type Boundaries, boundariesOf } from '../prometheus/rises.ts';
import type { CountsBySide, Custom, OwnReader } from './reader.ts';

/** A metric with whoever answers its queries. */
export interface Answered<Metric> {
  readonly metric: Metric;
  readonly reader: OwnReader;
}

/** What one metric has: found, or why it could not be read. */
type Read<Found> = { readonly name: string } & ({ readonly found: Found } | { readonly unread: CanaryError });

const BOTH: readonly Side[] = ['primary', 'canary'];
/** Of a reason that travels with the evidence. */
const MOST_CHARACTERS = 100;

/** The same error, by the metric whose source or query it is about. */
const ofMetric = (name: string, { name: kind, message }: CanaryError): CanaryError =>
  new CanaryError(kind, `analysis.source of ${name}: ${message.replace(/^analysis[^:]*: /, '')}`);

const attempt = async <Found>(name: string, read: () => Promise<Found>): Promise<Read<Found>> => {
  try {
    return { name, found: await read() };
  } catch (error) {
    if (!isCanaryError(error)) throw error;
    return { name, unread: error };
  }
};

const countsAt = (
  read: readonly Read<CountsBySide>[],
  side: Side,
  period: number,
): Counts['custom'] | undefined => {
  const known = read.flatMap((of) => {
    const counted = 'found' in of ? of.found[side] : undefined;
    const [requests, wrong] = [counted?.total[period], counted?.bad[period]];
    return requests === undefined || wrong === undefined || requests <= 0
      ? []
      : [[of.name, { requests, bad: Math.min(wrong, requests) }] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
};

/** Why metrics could not be read, by name. */
const reasonsOf = (read: readonly Read<unknown>[]): OwnPeriod['unread'] => {
  const reasons = read.flatMap((of) =>
    'unread' in of ? [[of.name, of.unread.message.slice(0, MOST_CHARACTERS)] as const] : [],
  );
  return reasons.length === 0 ? undefined : Object.fromEntries(reasons);
};

type Numbers = Read<readonly (number | undefined)[]>;

const numbersAt = (read: readonly Numbers[], period: number): OwnPeriod['numbers'] => {
  const known = read.flatMap((of) => {
    const value = 'found' in of ? of.found[period] : undefined;
    return value === undefined ? [] : [[of.name, value] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
};

/** A spec's own metrics, each read where it is: one source that is away leaves the others alone. */
export class OwnMetricsOf implements OwnMetrics {
  readonly #custom: readonly Answered<Custom>[];
  readonly #numbers: readonly Answered<NumberSpec>[];
  readonly #periodMs: number;

  /** @param period seconds */
  constructor(custom: readonly Answered<Custom>[], numbers: readonly Answered<NumberSpec>[], period: number) {
    this.#custom = custom;
    this.#numbers = numbers;
    this.#periodMs = period * 1000;
  }

  async check({ from, to }: Pick<EvidenceQuery, 'from' | 'to'>): Promise<void> {
    const { custom, numbers } = await this.#read(this.#boundaries(from, to), BOTH);
    for (const of of [...custom, ...numbers])
      if ('unread' in of && of.unread.name !== ErrorName.Transient) throw ofMetric(of.name, of.unread);
  }

  async periods({
    from,
    to,
    sides = BOTH,
  }: Pick<EvidenceQuery, 'from' | 'to' | 'sides'>): Promise<readonly OwnPeriod[]> {
    const boundaries = this.#boundaries(from, to);
    if (boundaries.length < 2) return [];
    const { custom, numbers } = await this.#read(boundaries, sides);
    const unread = reasonsOf([...custom, ...numbers]);
    const last = boundaries.length - 2;
    return boundaries.slice(0, -1).map((start, period) => {
      const [canary, primary] = [countsAt(custom, 'canary', period), countsAt(custom, 'primary', period)];
      const values = numbersAt(numbers, period);
      return {
        start: new Date(start).toISOString(),
        end: new Date(start + this.#periodMs).toISOString(),
        ...(canary && { canary }),
        ...(primary && { primary }),
        ...(values && { numbers: values }),
        ...(period === last && unread && { unread }),
      };
    });
  }

  #boundaries(from: Date, to: Date): Boundaries {
    const length = this.#periodMs;
    const first = Math.ceil(from.getTime() / length) * length;
    return boundariesOf(first, Math.floor(to.getTime() / length) * length, length);
  }

  async #read(boundaries: Boundaries, sides: readonly Side[]) {
    const [custom, numbers] = await Promise.all([
      Promise.all(
        this.#custom.map(({ metric, reader }) =>
          attempt(metric.name, () => reader.counts(metric, sides, boundaries)),
        ),
      ),
      // Numbers are the canary's affair: the primary's past needs none.
      Promise.all(
        (sides.includes('canary') ? this.#numbers : []).map(({ metric, reader }) =>
          attempt(metric.name, () => reader.numbers(metric, boundaries)),
        ),
      ),
    ]);
    return { custom, numbers };
  }
}
