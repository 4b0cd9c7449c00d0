import { basename } from 'node:path';
import type { z } from 'zod';
import type { DeploymentTarget } from '../../infra/targets.ts';
import { problemsOf } from '../../lambdas/core/spec/problems.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { partsOf } from '../bootstrap/configs.ts';
import { unknownNames } from './checks/names.ts';
import { type ReadSpec, readSpec } from './checks/read-spec.ts';
import { readYaml } from './checks/read-yaml.ts';
import { type ReadableParts, readableParts } from './checks/readable-parts.ts';

import type { CanaryScenario } from './flagger-scenario.ts';
import { type Scenario, scenario as schema } from './scenario.ts';
import { userProblems } from './users.ts';

/** A scenario that can be run: its file's content, its spec as written and parsed, its target. */
export interface LoadedScenario {
  readonly file: string;
  readonly scenario: Scenario;
  readonly spec: RolloutSpec;
  readonly target: DeploymentTarget;
  /** With `flagger:`, what the service is set up from before 0 s. */
  readonly canary?: CanaryScenario;
}

/** Every problem of a scenario file, one a line. Nothing was run. */
export class WrongScenario extends Error {
  override readonly name = 'WrongScenario';
  readonly problems: readonly string[];
  /** What could be read all the same. */
  readonly parts: ReadableParts;

  constructor(file: string, problems: readonly string[], parts: ReadableParts) {
    const lines = problems.map((problem) => `${file}: ${problem}`);
    super(lines.join('\n'));
    this.problems = lines;
    this.parts = parts;
  }
}

/** An entry whose one key is mistyped also has none of the keys it needs: that is the same mistake once more. */
const told = (issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] => {
  const mistyped = issues
    .filter(({ code }) => code === 'unrecognized_keys')
    .map(({ path }) => path.join('.'));
  return issues.filter(({ code, path }) => code !== 'custom' || !mistyped.includes(path.join('.')));
};

interface Written {
  readonly rollout?: unknown;
  readonly spec?: unknown;
  readonly flagger?: unknown;
  readonly judge?: unknown;
  readonly metrics?: { readonly period?: unknown } | null;
}

const writtenOf = (value: unknown): Written =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** The period, where the scenario says one: a Canary has its own otherwise. */
const periodOf = (written: Written, scenario: Scenario | undefined): number | undefined =>
  written.metrics?.period === undefined ? undefined : scenario?.metrics.period;

/** Secrets that the service's pods read: a Canary says nothing of them. */
const secretsOf = (scenario: Scenario | undefined): readonly string[] =>
  Object.keys(scenario?.config ?? {})
    .map(partsOf)
    .flatMap(({ kind, name }) => (kind === 'Secret' ? [name] : []));

const specOf = (
  file: string,
  written: Written,
  scenario: Scenario | undefined,
): ReturnType<typeof readSpec> => {
  const { rollout, spec, flagger, judge } = written;
  const metrics = { delay: scenario?.metrics.delay ?? 0, period: periodOf(written, scenario) };
  const templates =
    scenario?.timeline.some(
      ({ template, deployment, config }) => (template ?? deployment ?? config) !== undefined,
    ) ?? false;
  return readSpec({
    file,
    rollout,
    spec,
    flagger,
    judge: scenario === undefined ? undefined : judge,
    metrics,
    templates,
    secrets: secretsOf(scenario),
  });
};

const withSpec = (file: string, scenario: Scenario, written: Written, read: ReadSpec): LoadedScenario => {
  const { canary } = read;
  if (canary === undefined) return { file, scenario, ...read };
  // A source that the scenario says nothing of publishes as often as the Canary is judged.
  const metrics = { ...scenario.metrics, period: periodOf(written, scenario) ?? canary.period };
  return { file, scenario: { ...scenario, metrics }, ...read };
};

/** Every key of such a file would be unknown here, and that is one mistake. */
const isSpec = (value: unknown): boolean =>
  ['service', 'workload'].every((key) => Object.hasOwn(Object(value), key)) &&
  !Object.hasOwn(Object(value), 'timeline');

/** Reads and checks a scenario file with the spec that it names. Throws WrongScenario with every problem at once. */
export const loadScenario = (file: string): LoadedScenario => {
  const yaml = readYaml(file);
  if ('problem' in yaml)
    throw new WrongScenario(file, [`the file: ${yaml.problem}`], readableParts(undefined));
  const { value } = yaml;
  if (isSpec(value)) {
    const meant = `is a rollout spec; name it in a scenario, as \`rollout: ${basename(file)}\``;
    throw new WrongScenario(file, [`the file: ${meant}`], readableParts(undefined));
  }
  const parsed = schema.safeParse(value);
  const scenario = parsed.data;
  const written = writtenOf(value);
  const read = specOf(file, written, scenario);
  const parts = readableParts(value);
  const spec = 'problems' in read ? undefined : read.spec;
  const problems = [
    ...(parsed.success ? [] : problemsOf(schema, value, told(parsed.error.issues))),
    // Where the file is no block of keys at all, that is the one thing to say.
    ...('problems' in read && written === value ? read.problems : []),
    ...unknownNames(parts, spec),
    ...(scenario === undefined || spec === undefined ? [] : userProblems(scenario, spec)),
  ];
  if (problems.length > 0 || scenario === undefined || 'problems' in read)
    throw new WrongScenario(file, problems, parts);
  return withSpec(file, scenario, written, read);
};
