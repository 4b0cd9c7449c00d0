import { type Server, slowdownAt } from './cohort.ts';
import { LatencySampler } from './latency.ts';
import type { Incident } from './options.ts';
import { type BehaviourChange, changed, DEFAULT_BEHAVIOUR, type VersionBehaviour } from './version.ts';

/** How every version behaves at a time, with what has happened to it. */
export class Fleet {
  readonly #behaviours: Map<string, VersionBehaviour>;
  readonly #samplers = new Map<string, LatencySampler>();
  readonly #incidents: { from: number; to: number; incident: Incident }[] = [];

  constructor(versions: Readonly<Record<string, VersionBehaviour>>) {
    this.#behaviours = new Map(Object.entries(versions));
  }

  behave(version: string, change: BehaviourChange): void {
    this.#behaviours.set(version, changed(this.#behaviour(version), change));
    this.#samplers.delete(version);
  }

  /** @param from epoch ms */
  incident(incident: Incident, from: number): void {
    this.#incidents.push({ from, to: from + (incident.forMs ?? Number.POSITIVE_INFINITY), incident });
  }

  /** The next time after `at` when an incident ends. */
  nextChange(at: number): number {
    return Math.min(...this.#incidents.map(({ to }) => to).filter((to) => to > at), Number.POSITIVE_INFINITY);
  }

  /** A version's pods at a time, each under that many requests a second. */
  server(version: string, at: number, rpsPerPod: number): Server {
    const { errorRate, podRps } = this.#behaviour(version);
    const added = this.#incidents
      .filter(({ from, to }) => from <= at && at < to)
      .filter(({ incident }) => incident.versions?.includes(version) ?? true)
      .reduce((sum, { incident }) => sum + incident.errorRate, 0);
    return {
      errorRate: Math.min(1, errorRate + added),
      latency: this.#sampler(version),
      slowdown: slowdownAt(rpsPerPod, podRps),
    };
  }

  /** Requests a second that one pod of a version serves before it gets slow; undefined: any number. */
  podRps(version: string): number | undefined {
    return this.#behaviour(version).podRps;
  }

  #behaviour(version: string): VersionBehaviour {
    return this.#behaviours.get(version) ?? DEFAULT_BEHAVIOUR;
  }

  #sampler(version: string): LatencySampler {
    const known = this.#samplers.get(version) ?? new LatencySampler(this.#behaviour(version).latency);
    this.#samplers.set(version, known);
    return known;
  }
}
