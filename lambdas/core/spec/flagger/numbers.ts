/** Metrics of a Canary's own, by a MetricTemplate or the older inline query: plain numbers of the spec. */
import { formatDuration } from '../duration.ts';
import type { Canary, CanaryAnalysis } from './canary.ts';
import { cloudWatchQuery } from './cloudwatch-query.ts';
import type { Findings } from './findings.ts';
import { renderTemplate, templateModel } from './go-template.ts';
import type { Block } from './manifests.ts';
import { type MetricTemplate, templateAmong } from './metric-template.ts';
import { ASSUMED, type Surroundings } from './surroundings.ts';

type Metric = NonNullable<CanaryAnalysis['metrics']>[number];

/** Whose metrics these are. */
export interface CanaryAround {
  readonly canary: Canary;
  readonly around: Surroundings;
}

/** What is told of one metric. */
interface Telling {
  readonly note: (key: string, text: string) => void;
  readonly problem: (key: string, what: string, value: unknown, fix: string) => void;
  /** A whole `what, got value; fix`. */
  readonly wrong: (key: string, problem: string) => void;
}

const READ = ['prometheus', 'cloudwatch'];
const INTERVAL = '1m';

const delayOf = ({ delay }: Surroundings, kind: keyof typeof ASSUMED.delay): string =>
  formatDuration(delay ?? ASSUMED.delay[kind]);

/** The inclusive bounds; without a range a number above `threshold` fails, and that is 0 where nobody wrote it. */
const boundsOf = ({ thresholdRange, threshold }: Metric, { note, problem }: Telling): object => {
  if (thresholdRange !== undefined) {
    const { min, max } = thresholdRange;
    if (min === undefined && max === undefined)
      problem('thresholdRange', 'has no bound', thresholdRange, 'write min, max or both');
    return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  }
  if (threshold === undefined)
    note('thresholdRange', 'is missing: as in Flagger, whatever is above 0 fails the check');
  return { max: threshold ?? 0 };
};

const IN_CLUSTER = /^https?:\/\/([^./:]+|[^/:]+\.svc(\.cluster\.local)?|[^./:]+\.[^./:]+)(:\d+)?(\/|$)/;

const tellAddress = (address: string, { note }: Telling): void => {
  if (IN_CLUSTER.test(address))
    note(
      'templateRef',
      `${address} looks like an address inside the cluster, which the functions do not reach: write one that they do in source.prometheus.url`,
    );
};

const headersOf = ({ headers = {} }: MetricTemplate['provider']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));

const prometheusOf = (
  { provider }: MetricTemplate,
  around: Surroundings,
  telling: Telling,
): object | undefined => {
  const { address, secretRef, insecureSkipVerify } = provider;
  const headers = headersOf(provider);
  if (address === undefined || !URL.canParse(address)) {
    telling.problem('templateRef', 'has a provider without an address', address, 'write provider.address');
    return undefined;
  }
  if (around.rehearsed !== true) tellAddress(address, telling);
  if (secretRef !== undefined)
    telling.note(
      'templateRef',
      `the Secret ${secretRef.name} of the cluster is not read: put what it holds in Secrets Manager, aws secretsmanager create-secret --name ${secretRef.name} --secret-string '{"username":"…","password":"…"}'`,
    );
  if (insecureSkipVerify === true)
    telling.note(
      'templateRef',
      "insecureSkipVerify is not taken over: write the server's own CA in source.prometheus.ca",
    );
  return {
    prometheus: {
      url: address.replace(/\/+$/, ''),
      ...(secretRef !== undefined && { auth: { secret: secretRef.name } }),
      ...(Object.keys(headers).length > 0 && { headers }),
      delay: delayOf(around, 'prometheus'),
    },
  };
};

const tellCloudWatch = ({ provider: { region } }: MetricTemplate, { note }: Telling): void => {
  if (region !== undefined)
    note('templateRef', `is read in the target's own region, which must be ${region}`);
  note('templateRef', 'only finished datapoints count, where Flagger takes the newest, finished or not');
};

/** `query` and `source` of the spec, by whoever the template asks. */
const askedBy = (
  template: MetricTemplate,
  text: string,
  around: Surroundings,
  telling: Telling,
): object | undefined => {
  const { type } = template.provider;
  if (type === 'prometheus') {
    const source = prometheusOf(template, around, telling);
    return source && { query: text.trim().replace(/\s+/g, ' '), source };
  }
  if (type !== 'cloudwatch') {
    telling.problem(
      'templateRef',
      'has a provider that is not read here',
      type,
      `${READ.join(' and ')} are; leave the metric out, or ask one of them for the same`,
    );
    return undefined;
  }
  tellCloudWatch(template, telling);
  const read = cloudWatchQuery(text);
  if ('query' in read)
    return { query: read.query, source: { cloudWatch: { delay: delayOf(around, 'cloudWatch') } } };
  for (const problem of read.problems) telling.wrong('templateRef', problem);
  return undefined;
};

const variablesOf = ({ templateVariables }: Metric): Record<string, string> =>
  typeof templateVariables === 'object' && templateVariables !== null
    ? Object.fromEntries(Object.entries(templateVariables).map(([name, value]) => [name, String(value)]))
    : {};

const byTemplate = (
  metric: Metric,
  { canary, around }: CanaryAround,
  telling: Telling,
): object | undefined => {
  const manifests: readonly Block[] = around.manifests ?? [];
  const found = templateAmong(manifests, metric.templateRef, canary.metadata.namespace);
  if ('problems' in found) {
    for (const problem of found.problems) telling.wrong('templateRef', problem);
    return undefined;
  }
  const rendered = renderTemplate(
    found.template.query,
    templateModel(canary, metric.interval ?? INTERVAL, variablesOf(metric)),
  );
  if ('text' in rendered) return askedBy(found.template, rendered.text, around, telling);
  telling.wrong('templateRef', rendered.problem);
  return undefined;
};

/** The deprecated query stands in the Canary itself, and asks Flagger's own Prometheus. */
const byQuery = (metric: Metric, { canary, around }: CanaryAround, telling: Telling): object | undefined => {
  const { metricsServer } = canary.spec;
  const where = around.prometheus ?? (typeof metricsServer === 'string' ? metricsServer : around.queriesAt);
  if (where === undefined) {
    telling.problem(
      'query',
      "asks Flagger's own Prometheus, and where that is nobody says",
      metric.query,
      'import with --prometheus URL, or write spec.metricsServer',
    );
    return undefined;
  }
  const server = where.startsWith('ws-') ? { workspace: where } : { url: where };
  return {
    query: String(metric.query).trim().replace(/\s+/g, ' '),
    source: { prometheus: { ...server, delay: delayOf(around, 'prometheus') } },
  };
};

/** A metric of the Canary's own as a plain number of the spec; problems and notes by its name. */
export const numberOf = (metric: Metric, path: string, of: CanaryAround, findings: Findings): object[] => {
  const telling: Telling = {
    note: (key, text) => findings.note(`${path}.${key}`, `${metric.name}: ${text}`),
    problem: (key, what, value, fix) => findings.problem(`${path}.${key}`, what, value, fix),
    wrong: (key, problem) => void findings.problems.push(`${path}.${key}: ${problem}`),
  };
  const asked =
    metric.templateRef === undefined ? byQuery(metric, of, telling) : byTemplate(metric, of, telling);
  const bounds = boundsOf(metric, telling);
  return asked === undefined ? [] : [{ name: metric.name, ...asked, ...bounds }];
};
