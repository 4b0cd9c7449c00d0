import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { type DeploymentTarget, readTargets, TARGETS_FILE, WrongRollouts } from '../../infra/targets.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';
import { problemsOf } from '../../lambdas/core/spec/problems.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { type CanaryScenario, readCanary } from './flagger-scenario.ts';
import { type Scenario, scenario as schema } from './scenario.ts';

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

  constructor(file: string, problems: readonly string[]) {
    const lines = problems.map((problem) => `${file}: ${problem}`);
    super(lines.join('\n'));
    this.problems = lines;
  }
}

/** Where a spec runs that stands in the scenario itself, or beside which there are no targets. */
const plainTarget = (name: string): DeploymentTarget => ({
  name,
  region: 'eu-west-1',
  account: '111122223333',
  cluster: 'rehearsal',
});

const readYamlFile = (path: string, file: string, what: string): unknown => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new WrongScenario(file, [
      `${what}: there is no file ${path}; check the path, it is relative to the scenario's own folder`,
    ]);
  }
  try {
    return parseYaml(text);
  } catch (error) {
    throw new WrongScenario(file, [`${what}: is not YAML, ${(error as Error).message.split('\n')[0]}`]);
  }
};

/** Keys of the format that this version has no part for yet: said as such, instead of being taken and ignored. */
const ENTRIES_NOT_YET = ['template', 'hook', 'deployment'] as const;
const COMMANDS_NOT_YET = ['undo', 'freeze', 'unfreeze'];

const notYet = (scenario: Scenario): string[] =>
  scenario.timeline.flatMap((entry, index) => {
    const action = ENTRIES_NOT_YET.find((name) => entry[name] !== undefined);
    if (action !== undefined)
      return [`timeline[${index}].${action}: this version cannot do it yet; leave the entry out`];
    if (entry.command !== undefined && COMMANDS_NOT_YET.includes(entry.command)) {
      return [
        `timeline[${index}].command: this version has no ${entry.command} yet, got "${entry.command}"; leave the entry out`,
      ];
    }
    return [];
  });

/** Versions that a timeline names must be there to be released, or be the one that runs. */
const unknownVersions = ({ timeline, versions, running }: Scenario): string[] => {
  const described = Object.keys(versions);
  if (described.length === 0) return [];
  const known = new Set([
    ...described,
    running,
    ...timeline.flatMap(({ push, start }) => push ?? start ?? []),
  ]);
  const named = timeline.flatMap(({ incident, behave }, index) => [
    ...(incident?.versions ?? []).map((version) => ({
      version,
      path: `timeline[${index}].incident.versions`,
    })),
    ...Object.keys(behave ?? {}).map((version) => ({ version, path: `timeline[${index}].behave` })),
  ]);
  return named
    .filter(({ version }) => !known.has(version))
    .map(
      ({ version, path }) => `${path}: no such version, got "${version}"; known: ${[...known].join(', ')}`,
    );
};

interface WrittenSpec {
  readonly written: unknown;
  readonly folder: string;
  readonly canary?: CanaryScenario;
}

const SPEC_KEYS = ['rollout', 'spec', 'flagger'] as const;

const canaryOf = (scenario: Scenario, file: string, period: number | undefined): CanaryScenario => {
  const read = readCanary(scenario.flagger, { delay: scenario.metrics.delay, period });
  if ('problems' in read) throw new WrongScenario(file, read.problems);
  return read.canary;
};

const specOf = (scenario: Scenario, file: string, period: number | undefined): WrittenSpec => {
  const folder = dirname(resolve(file));
  const given = SPEC_KEYS.filter((key) => scenario[key] !== undefined);
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ');
    throw new WrongScenario(file, [
      `rollout: must name a spec file, or \`spec:\` must hold one, or \`flagger:\` a Canary; exactly one of the three, got ${got}`,
    ]);
  }
  if (scenario.flagger !== undefined) {
    const canary = canaryOf(scenario, file, period);
    return { written: canary.written, folder, canary };
  }
  if (scenario.spec !== undefined) return { written: scenario.spec, folder };
  const path = resolve(folder, scenario.rollout ?? '');
  return { written: readYamlFile(path, file, 'rollout'), folder: dirname(path) };
};

const withJudge = (written: unknown, judge: Scenario['judge']): unknown => {
  if (judge === undefined || typeof written !== 'object' || written === null) return written;
  const { analysis } = written as { analysis?: object };
  return { ...written, analysis: { ...analysis, judge } };
};

const targetOf = (spec: RolloutSpec, folder: string, file: string): DeploymentTarget => {
  if (!existsSync(join(folder, TARGETS_FILE))) return plainTarget(spec.target);
  try {
    return readTargets(folder).get(spec.target) ?? plainTarget(spec.target);
  } catch (error) {
    if (error instanceof WrongRollouts) throw new WrongScenario(file, error.problems);
    throw error;
  }
};

/** Reads and checks a scenario file with the spec that it names. Throws WrongScenario with every problem at once. */
export const loadScenario = (file: string): LoadedScenario => {
  const value = readYamlFile(file, file, 'the file');
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new WrongScenario(file, problemsOf(schema, value, parsed.error.issues));
  const scenario = parsed.data;
  const period =
    (value as { metrics?: { period?: unknown } }).metrics?.period === undefined
      ? undefined
      : scenario.metrics.period;
  const problems = [...notYet(scenario), ...unknownVersions(scenario)];
  if (problems.length > 0) throw new WrongScenario(file, problems);
  const { written, folder, canary } = specOf(scenario, file, period);
  const spec = parseSpec(withJudge(written, scenario.judge));
  if (!spec.ok)
    throw new WrongScenario(
      file,
      spec.problems.map((problem) => `rollout: ${problem}`),
    );
  const target = targetOf(spec.value, folder, file);
  if (canary === undefined) return { file, scenario, spec: spec.value, target };
  // A source that the scenario says nothing of publishes as often as the Canary is judged.
  const metrics = { ...scenario.metrics, period: period ?? canary.period };
  return { file, scenario: { ...scenario, metrics }, spec: spec.value, target, canary };
};
