import type { MetricStore, Place } from '../cloudwatch/metric-store.ts';
import type { Serve } from '../outside.ts';
import { answerPrometheus } from './api.ts';

const PATH = /\/api\/v1\/(?<what>query|query_range)$/;

/**
 * Every Prometheus out there, by whatever address: all have the points of the sandbox's own CloudWatch. One that was told
 * whom it lets in answers 401 to others, as a server with `--web.config.file` does.
 */
export class PrometheusServers {
  readonly #store: MetricStore;
  readonly #place: Place;
  readonly #wanted = new Map<string, string>();

  constructor(store: MetricStore, place: Place) {
    this.#store = store;
    this.#place = place;
  }

  /** From now on the server at this address wants this Authorization header. */
  demand(address: string, authorization: string): void {
    this.#wanted.set(new URL(address).host, authorization);
  }

  readonly serve: Serve = (url, { authorization }) => {
    const { what } = PATH.exec(url.pathname)?.groups ?? {};
    if (what === undefined) return undefined;
    const wanted = this.#wanted.get(url.host);
    if (wanted !== undefined && authorization !== wanted) return { status: 401, body: 'Unauthorized\n' };
    return answerPrometheus(this.#store, this.#place, {
      what,
      parameters: url.searchParams,
      now: this.#store.now(),
    });
  };
}
