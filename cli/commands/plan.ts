import { dirname } from 'node:path';
import { serviceAtTarget } from '../../infra/names.ts';
import { type DeploymentTarget, readTargets, readYaml, WrongRollouts } from '../../infra/targets.ts';
import { steadyTraffic } from '../../lambdas/core/forecast/traffic.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { BadInput } from '../exit.ts';
import { type PlanOptions, readOptions } from '../plan/options.ts';
import { page } from '../plan/page.ts';
import { pastTraffic } from '../plan/past.ts';
import { type Assumed, type Planned, planOf } from '../plan/planned.ts';
import { table } from '../plan/table.ts';
import { specFiles } from '../spec-files.ts';

/** What the command line says, as written. */
export interface PlanCommandOptions {
  readonly rps?: string;
  readonly baseError?: string;
  readonly latency?: string;
  readonly fromMetrics?: string;
  readonly judge?: string;
  readonly draws?: string;
  readonly json?: boolean;
}

interface Read {
  readonly file: string;
  readonly spec: RolloutSpec;
}

/** All specs, or all problems of all files at once. */
const readSpecs = (files: readonly string[]): Read[] => {
  const problems: string[] = [];
  const read: Read[] = [];
  for (const file of files) {
    try {
      const parsed = parseSpec(readYaml(file));
      if (parsed.ok) read.push({ file, spec: parsed.value });
      else problems.push(...parsed.problems.map((problem) => `${file}: ${problem}`));
    } catch (error) {
      if (!(error instanceof WrongRollouts)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new BadInput(problems);
  return read;
};

const targetOf = ({ file, spec }: Read): DeploymentTarget => {
  try {
    const target = readTargets(dirname(file)).get(spec.target);
    if (target !== undefined) return target;
  } catch (error) {
    if (!(error instanceof WrongRollouts)) throw error;
    throw new BadInput(error.problems);
  }
  throw new BadInput([`${file}: target: is not in _targets.yaml beside it, got "${spec.target}"`]);
};

/** The spec as it stands, or as another judge would have it. */
const judgedBy = (
  spec: RolloutSpec,
  { judge = spec.analysis.judge, threshold }: PlanOptions,
): RolloutSpec => ({
  ...spec,
  analysis: { ...spec.analysis, judge, threshold: spec.analysis.threshold ?? threshold },
});

/** Specs that differ in names only have the same plan for the same traffic: it is made once. */
const once = <Made>(make: (key: string) => Made): ((key: string) => Made) => {
  const made = new Map<string, Made>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
};

const MANY = 2;
/** A figure of many services is read at a glance; a single one is worth more digits. */
const DRAWS = { one: 100, many: 40 };

/** `stepcanary plan [SPEC…]`: steps and times, what this traffic can prove and how soon, and what would help. */
export const plan = async (files: readonly string[], written: PlanCommandOptions): Promise<void> => {
  const options = readOptions(written);
  const specs = readSpecs(specFiles(files));
  const many = specs.length >= MANY;
  const draws = options.draws ?? (many ? DRAWS.many : DRAWS.one);
  const wanted = { regressions: !many };
  const given: Assumed = {
    traffic: () => steadyTraffic(options.usual, options.latency),
    ...options.usual,
    burst: 1,
    from: 'as given',
  };
  const planGiven = once((spec) => planOf(JSON.parse(spec), given, draws, wanted));
  const planned: Planned[] = [];
  for (const read of specs) {
    const spec = judgedBy(read.spec, options);
    if (options.past === undefined) {
      const nameless = { ...spec, service: '', target: '', workload: {}, trigger: {}, alerts: {} };
      planned.push({ ...planGiven(JSON.stringify(nameless)), service: serviceAtTarget(spec) });
    } else {
      const assumed = await pastTraffic(spec, targetOf(read), options.past, options.latency, draws);
      planned.push(planOf(spec, assumed, draws, wanted));
    }
  }
  if (written.json === true)
    process.stdout.write(`${JSON.stringify(many ? planned : planned[0], null, 2)}\n`);
  else process.stdout.write(many ? table(planned) : planned.map(page).join(''));
};
