import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { MetricIdentity, Period } from '../../core/evidence.ts';
import type { MetricSource, TrafficRouter } from '../../core/ports.ts';
import type { Side } from '../../core/rollout.ts';
import type { RolloutSpec } from '../../core/spec/schema.ts';
import { getMetricData } from './get-metric-data.ts';
import { identify } from './identify.ts';
import { DIMENSION } from './metric-names.ts';
import { periodsOf, questions } from './queries.ts';

type Source = RolloutSpec['analysis']['source']['cloudWatch'] & {
  readonly virtualServices?: readonly string[];
};

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

  async periods(query: {
    identity: MetricIdentity;
    from: Date;
    to: Date;
    limits: readonly number[];
    percentiles: readonly number[];
  }): Promise<readonly Period[]> {
    const periodMs = this.#source.period * 1000;
    const from = Math.ceil(query.from.getTime() / periodMs) * periodMs;
    const to = Math.floor(query.to.getTime() / periodMs) * periodMs;
    if (from >= to) return [];
    // A caller that had reported nothing at the preflight may have by now, under dimensions that were only assumed.
    const identity = query.identity.unseen ? await this.identify(nodesOf(query.identity)) : query.identity;
    const asked = questions(identity, this.#source, query);
    const answers = await getMetricData(
      this.#client,
      asked.map((question) => question.query),
      new Date(from),
      new Date(to),
    );
    return periodsOf(asked, answers, periodMs);
  }
}
