import type { CanaryAnalysis } from './canary.ts';
import type { Findings } from './findings.ts';
import { goSeconds } from './go-duration.ts';
import { type CanaryAround, numberOf } from './numbers.ts';

type Metric = NonNullable<CanaryAnalysis['metrics']>[number];

/** Flagger's own checks, and the bound that each has here. */
const BUILT_IN = { 'request-success-rate': 'min', 'request-duration': 'max' } as const;
/** Flagger's default for its own metrics. */
const METRIC_INTERVAL = '1m';

const isBuiltIn = (name: string): name is keyof typeof BUILT_IN => name in BUILT_IN;

const boundOf = (
  metric: Metric,
  name: keyof typeof BUILT_IN,
  path: string,
  findings: Findings,
): number | undefined => {
  const bound = BUILT_IN[name];
  const { thresholdRange, threshold } = metric;
  const other = bound === 'min' ? 'max' : 'min';
  if (thresholdRange?.[other] !== undefined)
    findings.problem(
      `${path}.thresholdRange.${other}`,
      `must not be set for ${name}`,
      thresholdRange[other],
      `only ${bound} can be held against it`,
    );
  const value = thresholdRange === undefined ? threshold : thresholdRange[bound];
  if (value === undefined) {
    const example = bound === 'min' ? 99 : 500;
    findings.problem(
      `${path}.thresholdRange.${bound}`,
      'is missing',
      undefined,
      `write the limit, such as thresholdRange: { ${bound}: ${example} }`,
    );
  }
  return value;
};

const metricOf = (
  metric: Metric,
  path: string,
  period: number,
  of: CanaryAround,
  findings: Findings,
): object[] => {
  const { name, interval = METRIC_INTERVAL } = metric;
  const own = metric.templateRef !== undefined || metric.query !== undefined;
  if (own && !isBuiltIn(name)) return numberOf(metric, path, of, findings);
  if (!isBuiltIn(name)) {
    findings.problem(
      `${path}.name`,
      'is a metric of its own, and has no query',
      name,
      `name a MetricTemplate in templateRef; ${Object.keys(BUILT_IN).join(' and ')} need none`,
    );
    return [];
  }
  if (own) {
    findings.problem(
      `${path}.name`,
      'is the name of a metric of Flagger, which would be checked beside the query',
      name,
      'give the query a name of its own',
    );
    return [];
  }
  const seconds = goSeconds(interval);
  if (seconds === undefined)
    findings.problem(`${path}.interval`, 'must be a duration', interval, 'such as 1m');
  else if (seconds !== period)
    findings.note(
      `${path}.interval`,
      `${interval} is not taken over: each finished period of ${period} s is checked, once`,
    );
  const value = boundOf(metric, name, path, findings);
  if (value === undefined) return [];
  return name === 'request-success-rate'
    ? [{ name, min: value }]
    : [{ name, percentile: 99, max: `${value}ms` }];
};

/** `analysis.metrics` of the spec: the built-in ones with their limits, and plain numbers for those with a query. */
export const metricsOf = (
  { metrics }: CanaryAnalysis,
  path: string,
  period: number,
  of: CanaryAround,
  findings: Findings,
): object[] => {
  if (!metrics || metrics.length === 0) {
    findings.problem(
      `${path}.metrics`,
      'has no metric, so that everything would be promoted',
      metrics,
      'add request-success-rate with thresholdRange: { min: 99 }',
    );
    return [];
  }
  return metrics.flatMap((metric, index) =>
    metricOf(metric, `${path}.metrics[${index}]`, period, of, findings),
  );
};
