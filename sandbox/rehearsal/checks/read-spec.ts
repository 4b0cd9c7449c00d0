import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type DeploymentTarget, readTargets, TARGETS_FILE, WrongRollouts } from '../../../infra/targets.ts';
import { parseSpec } from '../../../lambdas/core/spec/parse.ts';
import type { RolloutSpec } from '../../../lambdas/core/spec/schema.ts';
import { type CanaryScenario, readCanary } from '../flagger-scenario.ts';
import { readYaml } from './read-yaml.ts';

/** What a scenario says of its spec, as written: it may be wrong elsewhere, and its spec is read all the same. */
export interface SpecSource {
  readonly file: string;
  readonly rollout?: unknown;
  readonly spec?: unknown;
  readonly flagger?: unknown;
  /** Overrides the spec's judge. */
  readonly judge?: unknown;
  /** Of the scenario's metrics, in seconds; the period where it says one. */
  readonly metrics: { readonly delay: number; readonly period: number | undefined };
  /** Whether its timeline changes pod templates. */
  readonly templates: boolean;
  /** Names of the Secrets that its pods read. */
  readonly secrets: readonly string[];
}

/** The spec that is rehearsed, where it runs, and with `flagger:` what it comes from. */
export interface ReadSpec {
  readonly spec: RolloutSpec;
  readonly target: DeploymentTarget;
  readonly canary?: CanaryScenario;
}

interface Written {
  readonly written: unknown;
  /** Where the targets stand. */
  readonly folder: string;
  readonly canary?: CanaryScenario;
}

type Problems = { readonly problems: readonly string[] };

const KEYS = ['rollout', 'spec', 'flagger'] as const;

const writtenIn = (source: SpecSource): Written | Problems => {
  const folder = dirname(resolve(source.file));
  const given = KEYS.filter((key) => source[key] !== undefined);
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ');
    const wanted =
      'must name a spec file, or `spec:` must hold one, or `flagger:` a Canary; exactly one of the three';
    return { problems: [`rollout: ${wanted}, got ${got}`] };
  }
  if (source.flagger !== undefined) {
    const read = readCanary(source.flagger, { ...source, folder });
    return 'problems' in read ? read : { written: read.canary.written, folder, canary: read.canary };
  }
  if (source.spec !== undefined) return { written: source.spec, folder };
  // What is no text is a problem of the scenario's own form, and said there.
  if (typeof source.rollout !== 'string') return { problems: [] };
  const path = resolve(folder, source.rollout);
  const read = readYaml(path);
  if ('problem' in read)
    return { problems: [`rollout: ${read.problem}; it is relative to the scenario's own folder`] };
  return { written: read.value, folder: dirname(path) };
};

const withJudge = (written: unknown, judge: unknown): unknown => {
  if (judge === undefined || typeof written !== 'object' || written === null) return written;
  const { analysis } = written as { analysis?: object };
  return { ...written, analysis: { ...analysis, judge } };
};

/** Where a spec runs that stands in the scenario itself, or beside which there are no targets. */
const plainTarget = (name: string): DeploymentTarget => ({
  name,
  region: 'eu-west-1',
  account: '111122223333',
  cluster: 'rehearsal',
});

const targetIn = (folder: string, name: string): DeploymentTarget | Problems => {
  if (!existsSync(join(folder, TARGETS_FILE))) return plainTarget(name);
  try {
    return readTargets(folder).get(name) ?? plainTarget(name);
  } catch (error) {
    if (error instanceof WrongRollouts) return { problems: error.problems };
    throw error;
  }
};

/** Reads the spec of a scenario, from a file, from the scenario itself or from a Flagger Canary; or every problem of it. */
export const readSpec = (source: SpecSource): ReadSpec | Problems => {
  const found = writtenIn(source);
  if ('problems' in found) return found;
  const parsed = parseSpec(withJudge(found.written, source.judge));
  if (!parsed.ok) return { problems: parsed.problems.map((problem) => `rollout: ${problem}`) };
  const target = targetIn(found.folder, parsed.value.target);
  if ('problems' in target) return target;
  return { spec: parsed.value, target, ...(found.canary !== undefined && { canary: found.canary }) };
};
