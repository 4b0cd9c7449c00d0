import { formatDuration } from '../duration.ts';
import { nearest } from '../nearest.ts';
import { parseSpec } from '../parse.ts';
import { problemsOf } from '../problems.ts';
import type { RolloutSpec } from '../schema.ts';
import { type Canary, canary as schema, unknownKeys } from './canary.ts';
import { Findings, type Note } from './findings.ts';
import { judgingOf } from './judging.ts';
import { type CanaryNetwork, networkOf } from './network.ts';
import { serviceNameOf } from './service-name.ts';
import { ASSUMED, type Surroundings, triggerOf } from './surroundings.ts';
import { readSwitches } from './switches.ts';

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

/** A mistyped key would change what is released; one that means nothing to Flagger changes nothing. */
const readUnknown = (written: unknown, findings: Findings): void => {
  for (const { path, known, value } of unknownKeys(written)) {
    const meant = nearest(path.split('.').at(-1) ?? '', known);
    if (meant !== undefined) findings.problem(path, 'unknown key', value, `did you mean ${meant}?`);
    else findings.note(path, "left out: Flagger's Canary has no such key");
  }
};

/** Flagger tracks ConfigMaps and Secrets alike; here a Secret is tracked where it is named, or all of them are. */
const trackingFor = ({ secrets }: Surroundings): object =>
  secrets?.length === 0 ? {} : { configTracking: { secrets: secrets ?? 'all' } };

const routerOf = ({ spec }: Canary, around: Surroundings): object => {
  const name = around.service ?? spec.service.name ?? spec.targetRef.name;
  const mesh = around.mesh ?? spec.service.meshName ?? ASSUMED.mesh;
  return {
    appMesh: {
      mesh,
      virtualRouter: name,
      route: name,
      primary: `${name}-primary`,
      canary: `${name}-canary`,
      owner: 'api',
    },
    settle: formatDuration(around.settle ?? ASSUMED.settle),
  };
};

const written = (
  canary: Canary,
  around: Surroundings,
  { strategy, analysis, hooks }: ReturnType<typeof judgingOf>,
) => {
  const { metadata, spec } = canary;
  return {
    service: serviceNameOf(around.service ?? metadata.name),
    target: around.target ?? ASSUMED.target,
    trigger: triggerOf(around, metadata.name),
    workload: {
      namespace: metadata.namespace,
      primary: `${spec.targetRef.name}-primary`,
      canary: spec.targetRef.name,
      container: around.container ?? spec.targetRef.name,
      promotion: 'copy',
      ...trackingFor(around),
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
  const service = around.service ?? canary.metadata.name;
  if (serviceNameOf(service) !== service)
    findings.note(
      'metadata.name',
      `the service is ${serviceNameOf(service)}: at most 30 characters, without dots`,
    );
  readSwitches(canary, findings);
  const network = networkOf(canary.spec.service, findings);
  const judging = judgingOf(canary, around, findings);
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
