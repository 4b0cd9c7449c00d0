import { serviceAtTarget } from '../../infra/names.ts';
import type { TrafficOf } from '../../lambdas/core/forecast/chances.ts';
import { type Forecast, forecast } from '../../lambdas/core/forecast/forecast.ts';
import { numbersOf } from '../../lambdas/core/spec/metrics.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

/** The traffic that a plan is made for, and how to say it. */
export interface Assumed {
  readonly traffic: TrafficOf;
  /** Means, for people: requests a second and the share that fails. */
  readonly rps: number;
  readonly errors: number;
  /** Variance of the failures' counts by their mean: above 1 they come in bursts. */
  readonly burst: number;
  /** `as given`, or the span of the service's own past. */
  readonly from: string;
}

/** One spec with its forecast. */
export interface Planned extends Forecast {
  /** `service@target`. */
  readonly service: string;
  readonly judge: string;
  readonly traffic: Omit<Assumed, 'traffic'>;
  /** What the rollout will wait for as well, and the plan leaves out: `gates`, `analysis.custom` … */
  readonly leftOut: readonly string[];
}

const judgeName = ({ analysis }: RolloutSpec): string =>
  analysis.judge === 'sequential' ? `sequential, ${analysis.mode}` : `threshold ${analysis.threshold}`;

const leftOutOf = ({ gates, hooks, freeze, analysis }: RolloutSpec): string[] => [
  ...Object.entries({ gates, hooks, freeze, 'analysis.custom': analysis.custom ?? [] }).flatMap(
    ([key, list]) => (list.length > 0 ? [key] : []),
  ),
  ...numbersOf(analysis).map(({ name }) => `the number ${name}`),
];

/** @param draws rollouts for each figure */
export const planOf = (
  spec: RolloutSpec,
  { traffic, ...said }: Assumed,
  draws: number,
  wanted: { readonly regressions: boolean },
): Planned => ({
  service: serviceAtTarget(spec),
  judge: judgeName(spec),
  traffic: said,
  leftOut: leftOutOf(spec),
  ...forecast(spec, traffic, draws, wanted),
});
