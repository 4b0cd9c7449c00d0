import { formatDuration } from '../duration.ts';
import { nearest } from '../nearest.ts';
import { parseSpec } from '../parse.ts';
import { problemsOf } from '../problems.ts';
import type { RolloutSpec } from '../schema.ts';
import { type Canary, type CanaryAnalysis, canary as schema, unknownKeys } from './canary.ts';
import { Findings, type Note } from './findings.ts';
import { hooksOf } from './hooks.ts';
import { metricsOf } from './metrics.ts';
import { type CanaryNetwork, networkOf } from './network.ts';
import { strategyOf } from './strategy.ts';
import { readAnalysisSwitches, readSwitches } from './switches.ts';
import { deadlineOf, intervalOf, periodOf } from './timing.ts';

/** What a Canary does not say; each has a plain default. */
export interface Surroundings {
  /** Another name for the service, its route and its nodes, where several namespaces have it. @default the Canary's name */
  readonly service?: string | undefined;
  /** Name of an entry of `_targets.yaml`. */
  readonly target?: string | undefined;
  /** The mesh, where the Canary names none. @default global */
  readonly mesh?: string | undefined;
  /** ECR repository. @default the Canary's name */
  readonly repository?: string | undefined;
  /** The container that gets the image. @default the target's name */
  readonly container?: string | undefined;
  /** Who calls the service. */
  readonly callers?: readonly string[] | undefined;
  /** Seconds that a changed weight takes to be everywhere, and that metrics come late. */
  readonly settle?: number | undefined;
  readonly delay?: number | undefined;
  /** Seconds between the source's publications: it has no shorter periods. */
  readonly published?: number | undefined;
}

/** A Canary as a rollout spec. */
export interface ImportedCanary {
  /** The spec as a file says it, keys in the order of docs/spec.md. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly spec: RolloutSpec;
  /** What differs or was left out, in the order of the Canary's keys. */
  readonly notes: readonly Note[];
  readonly network: CanaryNetwork;
  /** Seconds between ticks, and of one period of the source. */
  readonly interval: number;
  readonly period: number;
  /** Seconds that Flagger gives pods to become ready. */
  readonly progressDeadline: number;
}

export type CanaryImport =
  | ({ readonly ok: true } & ImportedCanary)
  | { readonly ok: false; readonly problems: readonly string[] };

/** Flagger's default of progressDeadlineSeconds. */
const PROGRESS_SECONDS = 600;
/** A Canary's `suspend` as a freeze: nothing new begins, until somebody takes it out. */
const SUSPENDED = { from: '2000-01-01', until: '2100-01-01', reason: 'suspended in Flagger' };
const DEFAULTS = {
  target: 'rehearsal',
  mesh: 'global',
  callers: ['appmesh-gateway'],
  settle: 60,
  delay: 120,
} as const;

const wholeFailures = (threshold: number | undefined, path: string, findings: Findings): number => {
  if (threshold === undefined || threshold > 0) return threshold ?? 1;
  findings.note(`${path}.threshold`, `${threshold} becomes 1, as Flagger does`);
  return 1;
};

/** A mistyped key would change what is released; one that means nothing to Flagger changes nothing. */
const readUnknown = (written: unknown, findings: Findings): void => {
  for (const { path, known, value } of unknownKeys(written)) {
    const meant = nearest(path.split('.').at(-1) ?? '', known);
    if (meant !== undefined) findings.problem(path, 'unknown key', value, `did you mean ${meant}?`);
    else findings.note(path, "left out: Flagger's Canary has no such key");
  }
};

const analysisOf = (canary: Canary, findings: Findings): { analysis: CanaryAnalysis; path: string } => {
  const { analysis, canaryAnalysis } = canary.spec;
  if (analysis === undefined && canaryAnalysis === undefined)
    findings.problem(
      'spec.analysis',
      'is missing',
      undefined,
      'write interval, threshold, stepWeight and metrics below it',
    );
  if (analysis !== undefined && canaryAnalysis !== undefined)
    findings.note('spec.canaryAnalysis', 'left out: spec.analysis stands beside it');
  return analysis === undefined && canaryAnalysis !== undefined
    ? { analysis: canaryAnalysis, path: 'spec.canaryAnalysis' }
    : { analysis: analysis ?? {}, path: 'spec.analysis' };
};

const routerOf = ({ spec }: Canary, around: Surroundings): object => {
  const name = around.service ?? spec.service.name ?? spec.targetRef.name;
  const mesh = around.mesh ?? spec.service.meshName ?? DEFAULTS.mesh;
  return {
    appMesh: {
      mesh,
      virtualRouter: name,
      route: name,
      primary: `${name}-primary`,
      canary: `${name}-canary`,
      owner: 'api',
    },
    settle: formatDuration(around.settle ?? DEFAULTS.settle),
  };
};

const stepsIn = (strategy: object): number => {
  if ('stepWeights' in strategy) return (strategy.stepWeights as number[]).length;
  const { stepWeight, maxWeight } = strategy as { stepWeight: number; maxWeight: number };
  return maxWeight / stepWeight;
};

/** `analysis` and `strategy` of the spec. */
const judged = (canary: Canary, around: Surroundings, findings: Findings) => {
  const { analysis, path } = analysisOf(canary, findings);
  const wanted = intervalOf(analysis.interval, `${path}.interval`, findings);
  const interval = Math.max(wanted, around.published ?? 0);
  if (interval > wanted)
    findings.note(
      `${path}.interval`,
      `becomes ${formatDuration(interval)}: metrics are not published more often`,
    );
  const period = periodOf(interval, around.published ?? 0, `${path}.interval`, findings);
  const settle = around.settle ?? DEFAULTS.settle;
  const delay = around.delay ?? DEFAULTS.delay;
  const threshold = wholeFailures(analysis.threshold, path, findings);
  const canarySteps = strategyOf(analysis, path, findings);
  const hooks = hooksOf(analysis, path, findings);
  const metrics = metricsOf(analysis, path, period, findings);
  readAnalysisSwitches(analysis, path, findings);
  const deadline = deadlineOf({ interval, period, delay, settle, threshold, steps: stepsIn(canarySteps) });
  const cloudWatch = {
    namespace: 'AppMesh',
    callers: [...(around.callers ?? DEFAULTS.callers)],
    delay: formatDuration(delay),
    period,
  };
  return {
    strategy: { canary: canarySteps },
    analysis: {
      judge: 'threshold',
      interval: formatDuration(interval),
      threshold,
      deadline: formatDuration(deadline),
      onInconclusive: 'rollBack',
      noData: 'fail',
      source: { cloudWatch },
      metrics,
    },
    hooks,
    pace: { interval, period },
  };
};

const written = (
  canary: Canary,
  around: Surroundings,
  { strategy, analysis, hooks }: ReturnType<typeof judged>,
) => {
  const { metadata, spec } = canary;
  return {
    service: around.service ?? metadata.name,
    target: around.target ?? DEFAULTS.target,
    trigger: { ecr: { repository: around.repository ?? metadata.name, tags: ['*'] } },
    workload: {
      namespace: metadata.namespace,
      primary: `${spec.targetRef.name}-primary`,
      canary: spec.targetRef.name,
      container: around.container ?? spec.targetRef.name,
      promotion: 'copy',
    },
    router: routerOf(canary, around),
    strategy,
    analysis,
    ...(spec.skipAnalysis === true && { skipAnalysis: true }),
    onNewer: 'supersede',
    capacity: 'full',
    ...(spec.suspend === true && { freeze: [SUSPENDED] }),
    gates: [],
    hooks,
    alerts: { sns: true },
  };
};

/**
 * A Flagger Canary (v1beta1 or v1alpha3) as a rollout spec that does the same: `threshold`, failing without data, and
 * making room for a newer revision, as Flagger does. Or every problem at once, each `path: what, got value; fix`.
 */
export const importCanary = (value: unknown, around: Surroundings = {}): CanaryImport => {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { ok: false, problems: problemsOf(schema, value, parsed.error.issues) };
  const canary = parsed.data;
  const findings = new Findings();
  readSwitches(canary, findings);
  const network = networkOf(canary.spec.service, findings);
  const judging = judged(canary, around, findings);
  const spec = written(canary, around, judging);
  readUnknown(value, findings);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const checked = parseSpec(spec);
  if (!checked.ok)
    return { ok: false, problems: checked.problems.map((problem) => `as a rollout spec, ${problem}`) };
  return {
    ok: true,
    written: spec,
    spec: checked.value,
    notes: findings.notes,
    network,
    ...judging.pace,
    progressDeadline: canary.spec.progressDeadlineSeconds ?? PROGRESS_SECONDS,
  };
};
