import { AppMeshClient } from '@aws-sdk/client-app-mesh';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { XRayClient } from '@aws-sdk/client-xray';
import { serviceAtTarget } from '../../infra/names.ts';
import { AppMeshRouter } from '../../lambdas/adapters/app-mesh/router.ts';
import { metricSourceOf } from '../../lambdas/adapters/metric-source.ts';
import { prometheusClient } from '../../lambdas/adapters/prometheus/amazon.ts';
import { ASKED_PERCENTILES, latencyFrom, trafficOfPast } from '../../lambdas/core/forecast/past-traffic.ts';
import type { Latency } from '../../lambdas/core/forecast/traffic.ts';
import type { Target } from '../../lambdas/core/rollout.ts';
import { formatDuration } from '../../lambdas/core/spec/duration.ts';
import { ratesOf } from '../../lambdas/core/spec/metrics.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { callerIdentity, checkAccount, ownReader } from '../aws.ts';
import { explained } from '../aws-failure.ts';
import { NotDone } from '../exit.ts';
import type { Assumed } from './planned.ts';

/** The past is kept per minute; finer data is gone after three hours (CloudWatch, "metrics retention"). */
const KEPT_PERIOD = 60;
const MINUTE_MS = 60_000;
/** Fewer minutes with requests than this are no past to plan with. */
const LEAST_PERIODS = 30;

const perMinute = (spec: RolloutSpec): RolloutSpec => {
  const slow = <Source extends object>(source: Source): Source =>
    Object.fromEntries(
      Object.entries(source).map(([kind, of]) => [
        kind,
        of && { ...of, period: Math.max(KEPT_PERIOD, of.period) },
      ]),
    ) as Source;
  // What the plan leaves out is not read either.
  const { source, metrics, custom: _custom, ...analysis } = spec.analysis;
  return {
    ...spec,
    analysis: {
      ...analysis,
      source: slow(source),
      metrics: ratesOf({ metrics }).map((metric) =>
        metric.source === undefined ? metric : { ...metric, source: slow(metric.source) },
      ),
    },
  };
};

const read = async (spec: RolloutSpec, { region }: Target, from: Date, to: Date) => {
  const router = new AppMeshRouter(spec.router.appMesh, new AppMeshClient({ region }));
  const source = metricSourceOf(perMinute(spec), {
    cloudWatch: () => new CloudWatchClient({ region }),
    xRay: () => new XRayClient({ region }),
    prometheus: (source) => prometheusClient(source, ownReader(region)),
  });
  const identity = await source.identify(router.identity, to);
  const limits = { primary: [], canary: [] };
  const [periods, percentiles] = await Promise.all([
    source.periods({ identity, from, to, limits, percentiles: [] }),
    source.primaryPercentiles({ identity, from, to, percentiles: ASKED_PERCENTILES }),
  ]);
  return { periods, percentiles };
};

/**
 * The service's own traffic of the last `seconds`, read with this user's credentials through the spec's source.
 * Throws NotDone where there is none, or AWS does not answer.
 * @param draws how many starts are spread over it
 * @param latency where the source tells none
 */
export const pastTraffic = async (
  spec: RolloutSpec,
  target: Target,
  seconds: number,
  latency: Latency,
  draws: number,
): Promise<Assumed> => {
  const { region } = target;
  checkAccount(await callerIdentity(region), target);
  const to = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
  const from = new Date(to.getTime() - seconds * 1000);
  const { periods, percentiles } = await read(spec, target, from, to).catch(explained(region));
  const found = periods.filter(
    ({ canary, primary }) => (canary?.requests ?? 0) + (primary?.requests ?? 0) > 0,
  );
  if (found.length < LEAST_PERIODS)
    throw new NotDone(
      `${serviceAtTarget(spec)}: only ${found.length} minutes of the last ${formatDuration(seconds)} have requests in ` +
        'the metrics; name a longer span, or say the traffic with --rps',
    );
  // A service younger than the span is planned with the time that it has had.
  const since = new Date(Math.max(from.getTime(), Date.parse(found[0]?.start ?? from.toISOString())));
  const past = trafficOfPast(periods, { from: since, to }, latencyFrom(percentiles) ?? latency, draws);
  return {
    traffic: past.traffic,
    ...past.usual,
    burst: past.burst,
    from: `its own last ${formatDuration(Math.round((to.getTime() - since.getTime()) / 1000))}`,
  };
};
