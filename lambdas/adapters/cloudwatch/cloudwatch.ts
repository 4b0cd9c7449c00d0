import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EvidenceQuery, LatencyPercentiles, MetricIdentity, Period } from '../../core/evidence.ts';
import type { MetricSource, TrafficRouter } from '../../core/ports.ts';
import type { Side } from '../../core/rollout.ts';
import type { RolloutSpec } from '../../core/spec/schema.ts';
import type { SourceSpec } from '../../core/spec/source.ts';
import { getMetricData } from './get-metric-data.ts';
import { identify } from './identify.ts';
import { DIMENSION } from './metric-names.ts';
import { commonPercentiles } from './percentiles.ts';
import {
  countsWanted,
  percentilesWanted,
  periodsOf,
  type Question,
  questions,
  type Values,
} from './queries.ts';

type Source = NonNullable<SourceSpec['cloudWatch']> & {
  readonly virtualServices?: readonly string[];
};

/** Epoch milliseconds, aligned. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Seconds over which a percentile is asked: an hour has enough requests for a 99th also where traffic is small. */
const HOUR = 3600;

/** The names that a virtual service on Kubernetes has by custom: `podinfo.test`, and the same as a cluster's DNS name. */
export const virtualServicesOf = ({ service, workload }: RolloutSpec): readonly string[] =>
  [...new Set([service, workload.canary])].flatMap((name) => [
    `${name}.${workload.namespace}`,
    `${name}.${workload.namespace}.svc.cluster.local`,
  ]);

const nodesOf = ({ series }: MetricIdentity): TrafficRouter['identity'] => {
  const node = (side: Side) => series.find((of) => of.side === side)?.dimensions[DIMENSION.target] ?? '';
  return {
    mesh: series[0]?.dimensions[DIMENSION.mesh] ?? '',
    nodes: { primary: node('primary'), canary: node('canary') },
  };
};

/** App Mesh's metrics in CloudWatch: canary and primary over the same finished periods, the listed callers summed. */
export class CloudWatchSource implements MetricSource {
  readonly #client: CloudWatchClient;
  readonly #source: Source;

  constructor(client: CloudWatchClient, source: Source) {
    this.#client = client;
    this.#source = source;
  }

  identify(router: TrafficRouter['identity']): Promise<MetricIdentity> {
    return identify(this.#client, this.#source, router);
  }

  async periods(query: EvidenceQuery): Promise<readonly Period[]> {
    const { identity, range } = await this.#readable(query, this.#source.period);
    if (range === undefined) return [];
    const asked = questions(identity, this.#source, countsWanted(query));
    return periodsOf(asked, await this.#answers(asked, range), this.#source.period * 1000);
  }

  async primaryPercentiles(
    query: Pick<EvidenceQuery, 'identity' | 'from' | 'to' | 'percentiles'>,
  ): Promise<LatencyPercentiles> {
    const { identity, range } = await this.#readable(query, this.#source.period);
    if (range === undefined) return { milliseconds: {} };
    const source = { ...this.#source, period: HOUR };
    const asked = questions(identity, source, percentilesWanted(query.percentiles));
    return { milliseconds: commonPercentiles(asked, await this.#answers(asked, range)) };
  }

  async #answers(asked: readonly Question[], { from, to }: Range): Promise<ReadonlyMap<string, Values>> {
    const queries = asked.map(({ query }) => query);
    return getMetricData(this.#client, queries, new Date(from), new Date(to));
  }

  /** The whole periods of a span, if any, and the series as they are by now. */
  async #readable(
    query: Pick<EvidenceQuery, 'identity' | 'from' | 'to'>,
    period: number,
  ): Promise<{ identity: MetricIdentity; range?: Range }> {
    const periodMs = period * 1000;
    const from = Math.ceil(query.from.getTime() / periodMs) * periodMs;
    const to = Math.floor(query.to.getTime() / periodMs) * periodMs;
    if (from >= to) return { identity: query.identity };
    // A caller that had reported nothing at the preflight may have by now, under dimensions that were only assumed.
    const identity = query.identity.unseen ? await this.identify(nodesOf(query.identity)) : query.identity;
    return { identity, range: { from, to } };
  }
}
