import type { XRayClient } from '@aws-sdk/client-xray';
import type { MetricIdentity, XRaySummary } from '../../core/evidence.ts';
import type { TraceSource } from '../../core/ports.ts';
import type { Side } from '../../core/rollout.ts';
import { MOST_MS, selector, timeSeries } from './statistics.ts';

/** Seconds: the finest that GetTimeSeriesServiceStatistics gives. */
const PERIOD = 60;

interface Totals {
  total: number;
  faults: number;
  seconds: number;
}

/** X-Ray's service statistics of each version (Envoy names its segments `mesh/virtualNode`), summed over a span. */
export class XRaySource implements TraceSource {
  readonly #client: XRayClient;
  readonly #notice: (text: string, error: unknown) => void;

  /** @param notice hears of errors: sampled traces are shown and never decide, so no error may fail a tick */
  constructor(client: XRayClient, notice: (text: string, error: unknown) => void = () => {}) {
    this.#client = client;
    this.#notice = notice;
  }

  async summary(query: { identity: MetricIdentity; from: Date; to: Date }): Promise<XRaySummary> {
    const services = query.identity.xRay;
    if (services === undefined || query.from >= query.to) return {};
    const from = new Date(Math.max(query.from.getTime(), query.to.getTime() - MOST_MS));
    const [canary, primary] = await Promise.all(
      (['canary', 'primary'] satisfies Side[]).map((side) => this.#side(services[side], from, query.to)),
    );
    return { ...(canary && { canary }), ...(primary && { primary }) };
  }

  async #side(service: string, from: Date, to: Date): Promise<XRaySummary['canary']> {
    try {
      const { total, faults, seconds } = await this.#totals(service, from, to);
      return total === 0 ? undefined : { total, faults, averageMs: (seconds * 1000) / total };
    } catch (error) {
      this.#notice(`X-Ray has no statistics of ${service}`, error);
      return undefined;
    }
  }

  async #totals(service: string, from: Date, to: Date): Promise<Totals> {
    const sum: Totals = { total: 0, faults: 0, seconds: 0 };
    const expression = selector(service);
    for (const { ServiceSummaryStatistics: found } of await timeSeries(this.#client, {
      from,
      to,
      expression,
      period: PERIOD,
    })) {
      sum.total += found?.TotalCount ?? 0;
      sum.faults += found?.FaultStatistics?.TotalCount ?? 0;
      sum.seconds += found?.TotalResponseTime ?? 0;
    }
    return sum;
  }
}
