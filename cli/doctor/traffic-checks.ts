import { AppMeshClient } from '@aws-sdk/client-app-mesh';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { XRayClient } from '@aws-sdk/client-xray';
import type { DeployableService } from '../../infra/rollouts.ts';
import { AppMeshRouter } from '../../lambdas/adapters/app-mesh/router.ts';
import { metricSourceOf } from '../../lambdas/adapters/metric-source.ts';
import { prometheusClient } from '../../lambdas/adapters/prometheus/amazon.ts';
import { isCanaryError } from '../../lambdas/core/errors.ts';
import { readableUntil } from '../../lambdas/core/judge/cadence.ts';
import { isOutside, shownNumber, wantedNumber } from '../../lambdas/core/judge/numbers.ts';
import { isNumber, type NumberSpec } from '../../lambdas/core/spec/metrics.ts';
import { ownReader } from '../aws.ts';
import { NotDone } from '../exit.ts';
import { smallestLine, verdict } from '../plan/page.ts';
import { pastTraffic } from '../plan/past.ts';
import { planOf } from '../plan/planned.ts';
import type { Check } from './check.ts';

/** Seconds of the service's own past that the estimate rests on: what the preflight reads. */
const PAST = 10_800;
/** Where the source tells no durations: as `plan` assumes. */
const LATENCY = { medianMs: 50, sigma: 0.6 };
/** Enough to tell minutes from hours; `plan` draws more. */
const DRAWS = 60;

/** How small a regression this service's traffic can show, and how soon: what `plan --from-metrics 3h` says. */
const checkEstimate = async ({ spec, target }: DeployableService): Promise<Check> => {
  const path = 'analysis';
  try {
    const assumed = await pastTraffic(spec, target, PAST, LATENCY, DRAWS);
    const planned = planOf(spec, assumed, DRAWS, { regressions: false });
    const traffic = `${Number(assumed.rps.toPrecision(3))} requests a second (${assumed.from})`;
    return {
      path,
      say: `at ${traffic}: ${verdict(planned)} Nine in ten rollouts stop ${smallestLine(planned)}`,
      problems: [],
    };
  } catch (error) {
    // A service that is new has no past, and what it can show is not known: that is no problem of its spec.
    if (!(error instanceof NotDone) && !isCanaryError(error)) throw error;
    const [line = ''] = error.message.split('\n');
    return { path, say: `what the traffic can show is not known: ${line}`, problems: [] };
  }
};

const sayNumber = (metric: NumberSpec, value: number | undefined): Check => {
  const path = `analysis.metrics ${metric.name}`;
  if (value === undefined)
    return { path, say: 'no data now; while that is so, nothing is promoted', problems: [] };
  const say = `${shownNumber(value)} now (${wantedNumber(metric)})`;
  return {
    path,
    say,
    problems: [],
    ...(isOutside(metric, value) && { note: 'outside: while that is so, nothing is promoted' }),
  };
};

/** What the plain numbers of a spec are in the newest period that can be read. */
const checkNumbers = async ({ spec, target: { region } }: DeployableService): Promise<readonly Check[]> => {
  const numbers = spec.analysis.metrics.filter((metric): metric is NumberSpec => isNumber(metric));
  if (numbers.length === 0) return [];
  const source = metricSourceOf(spec, {
    cloudWatch: () => new CloudWatchClient({ region }),
    xRay: () => new XRayClient({ region }),
    prometheus: (server) => prometheusClient(server, ownReader(region)),
  });
  const router = new AppMeshRouter(spec.router.appMesh, new AppMeshClient({ region }));
  const now = new Date();
  const to = new Date(readableUntil(spec, now.toISOString()));
  const from = new Date(to.getTime() - spec.analysis.interval * 1000);
  const nothing = { primary: [], canary: [] };
  try {
    const identity = await source.identify(router.identity, now);
    const periods = await source.periods({ identity, from, to, limits: nothing, percentiles: [] });
    const newest = periods.at(-1)?.numbers;
    return numbers.map((metric) => sayNumber(metric, newest?.[metric.name]));
  } catch (error) {
    // The preflight has told of it already, by its path.
    if (!isCanaryError(error) || error.name === 'Canary.Transient') throw error;
    return numbers.map(({ name }) => ({
      path: `analysis.metrics ${name}`,
      say: `was not read, see analysis.source`,
      problems: [],
    }));
  }
};

/** What the metrics say now, beside whether they can be read. */
export const checkTraffic = async (service: DeployableService): Promise<readonly Check[]> => {
  const [estimate, numbers] = await Promise.all([checkEstimate(service), checkNumbers(service)]);
  return [estimate, ...numbers];
};
