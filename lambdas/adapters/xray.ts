import { GetTimeSeriesServiceStatisticsCommand, type XRayClient } from '@aws-sdk/client-xray';
import type { MetricIdentity, XRaySummary } from '../core/evidence.ts';
import type { TraceSource } from '../core/ports.ts';
import type { Side } from '../core/rollout.ts';

/** Seconds: the finest that GetTimeSeriesServiceStatistics gives. */
const PERIOD = 60;
/** GetTimeSeriesServiceStatistics looks at most this far back at once. */
const MOST_MS = 6 * 3_600_000;

interface Totals {
  total: number;
  faults: number;
  seconds: number;
}

const selector = (service: string): string => `service("${service.replace(/["\\]/g, '\\$&')}")`;

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
    let token: string | undefined;
    do {
      const page = await this.#client.send(
        new GetTimeSeriesServiceStatisticsCommand({
          StartTime: from,
          EndTime: to,
          EntitySelectorExpression: selector(service),
          Period: PERIOD,
          ...(token !== undefined && { NextToken: token }),
        }),
      );
      for (const { ServiceSummaryStatistics: found } of page.TimeSeriesServiceStatistics ?? []) {
        sum.total += found?.TotalCount ?? 0;
        sum.faults += found?.FaultStatistics?.TotalCount ?? 0;
        sum.seconds += found?.TotalResponseTime ?? 0;
      }
      token = page.NextToken;
    } while (token !== undefined && token !== '');
    return sum;
  }
}
