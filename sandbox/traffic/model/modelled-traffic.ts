import { Ledger, type TrafficTotals } from '../ledger.ts';
import { Fleet } from './fleet.ts';
import { writeHistory } from './history.ts';
import type { DirectLoad, Incident, ModelledTrafficOptions } from './options.ts';
import { SliceWriter, type World } from './slice-writer.ts';
import { streamsFor } from './streams.ts';
import type { BehaviourChange } from './version.ts';

const MINUTE = 60_000;

interface ActiveDirectLoad extends DirectLoad {
  readonly from: number;
  readonly until: number;
}

/**
 * Traffic of one service under the sandbox's clock, produced when somebody looks: metric and trace reads bring it up to the last
 * finished period by themselves. Whoever changes weights, pods or policy calls `advanceTo(clock.now())` before the change, so that
 * requests of the past meet the world of the past. Same seed and same changes, same requests.
 */
export class ModelledTraffic {
  readonly #options: ModelledTrafficOptions;
  readonly #start: number;
  readonly #period: number;
  readonly #fleet: Fleet;
  readonly #ledger = new Ledger();
  readonly #writer: SliceWriter;
  readonly #direct: ActiveDirectLoad[] = [];
  #at: number;

  constructor(options: ModelledTrafficOptions) {
    this.#options = options;
    this.#start = options.clock.now();
    this.#period = options.publishEveryMs ?? MINUTE;
    this.#fleet = new Fleet(options.versions);
    this.#writer = new SliceWriter(
      options,
      this.#fleet,
      streamsFor(options.seed, options.service.virtualService),
    );
    const { history } = options;
    if (history !== undefined)
      writeHistory(
        this.#writer,
        { rps: this.#rpsAt(this.#start), ...history },
        { now: this.#start, period: this.#period },
      );
    this.#at = this.#start;
    options.metrics.beforeRead(() => this.#finishPeriods());
    options.traces?.beforeRead(() => this.#finishPeriods());
  }

  /** Produces all requests up to `to` (epoch ms) with the weights, pods and behaviours of now. */
  advanceTo(to: number): void {
    this.#produce(to, this.#presentWorld());
  }

  /** A version behaves differently from now on. */
  behave(version: string, change: BehaviourChange): void {
    this.advanceTo(this.#options.clock.now());
    this.#fleet.behave(version, change);
  }

  /** Versions fail more often from now on. */
  incident(incident: Incident): void {
    const now = this.#options.clock.now();
    this.advanceTo(now);
    this.#fleet.incident(incident, now);
  }

  /** Somebody loads a role's pods past the route from now on. */
  direct(load: DirectLoad): void {
    const from = this.#options.clock.now();
    this.advanceTo(from);
    this.#direct.push({ ...load, from, until: from + (load.forMs ?? Number.POSITIVE_INFINITY) });
  }

  /** What clients have seen up to now. */
  totals(): TrafficTotals {
    this.advanceTo(this.#options.clock.now());
    return this.#ledger.totals();
  }

  /** Expected requests a second on a role's pods now, load tests included; for autoscalers. */
  loadOf(role: string): number {
    return this.#writer.loads(this.#options.clock.now(), this.#presentWorld()).get(role) ?? 0;
  }

  /**
   * How busy a role's ready pods are now, in percent of what they serve before they get slow, as an autoscaler measures
   * their CPU; undefined where no pod is ready, or one of them has no limit.
   */
  utilization(role: string): number | undefined {
    const pods = this.#presentWorld()
      .podsOf(role)
      .filter(({ ready }) => Number(ready) > 0);
    const ready = pods.reduce((sum, pod) => sum + Number(pod.ready), 0);
    const perPod = this.loadOf(role) / ready;
    const shares = pods.map((pod) => {
      const capacity = this.#fleet.podRps(pod.version);
      return capacity === undefined ? undefined : (Number(pod.ready) / ready) * (perPod / capacity) * 100;
    });
    if (ready === 0 || shares.includes(undefined)) return undefined;
    return shares.reduce<number>((sum, share) => sum + (share ?? 0), 0);
  }

  #finishPeriods(): void {
    this.advanceTo(Math.floor(this.#options.clock.now() / this.#period) * this.#period);
  }

  #produce(to: number, world: World): void {
    while (this.#at < to) {
      const end = Math.min(to, this.#nextBoundary(this.#at));
      this.#writer.write({ from: this.#at, to: end }, world);
      this.#at = end;
      if (end % this.#period === 0) this.#writer.publish(end - this.#period, end);
    }
  }

  /** Nothing that the model knows of changes before this: periods, X-Ray's minutes, steps of the schedule, ends of incidents. */
  #nextBoundary(at: number): number {
    const after = (step: number) => (Math.floor(at / step) + 1) * step;
    const steps = this.#options.schedule.map(({ fromMs }) => this.#start + fromMs);
    const ends = this.#direct.map(({ until }) => until);
    return Math.min(
      after(this.#period),
      after(MINUTE),
      this.#fleet.nextChange(at),
      ...[...steps, ...ends].filter((time) => time > at),
    );
  }

  #rpsAt(at: number): number {
    const steps = this.#options.schedule;
    return (steps.findLast(({ fromMs }) => this.#start + fromMs <= at) ?? steps[0])?.rps ?? 0;
  }

  #presentWorld(): World {
    const { split, podsOf, retryPolicy } = this.#options;
    return {
      split,
      podsOf,
      policy: retryPolicy ?? (() => ({})),
      rpsAt: (at) => this.#rpsAt(at),
      directAt: (at) => this.#direct.filter(({ from, until }) => from <= at && at < until),
      ledger: this.#ledger,
    };
  }
}
