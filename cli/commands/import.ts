import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTargets, TARGETS_FILE, WrongRollouts } from '../../infra/targets.ts';
import { BadInput, Exit } from '../exit.ts';
import { type Converted, convert } from '../import/convert.ts';
import { readCanaries } from '../import/read-canaries.ts';
import { type Written, writeSpecFile } from '../import/spec-file.ts';

interface Options {
  readonly out: string;
  readonly target?: string;
  readonly mesh?: string;
  readonly callers?: string;
  readonly prometheus?: string;
  readonly push?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Where there is no entry to name. */
const NO_TARGET = 'prod';

/** The one target there is, or the one that was named. */
const targetOf = ({ out, target }: Options): string => {
  if (target !== undefined) return target;
  if (!existsSync(join(out, TARGETS_FILE))) return NO_TARGET;
  try {
    const names = [...readTargets(out).keys()];
    if (names.length === 1 && names[0] !== undefined) return names[0];
    throw new BadInput([
      `--target: must be named, because ${join(out, TARGETS_FILE)} has ${names.length}: ${names.join(', ')}`,
    ]);
  } catch (error) {
    if (error instanceof WrongRollouts) throw new BadInput(error.problems);
    throw error;
  }
};

/** A converted Canary and what became of its file. */
interface Outcome {
  readonly converted: Converted;
  readonly result: Written | undefined;
}

const problemsOf = ({ converted, result }: Outcome): string[] => {
  const { canary, path, problems } = converted;
  const where = `${canary.file}: ${canary.name}.${canary.namespace}`;
  return [
    ...problems.map((problem) => `${where}: ${problem}`),
    ...(typeof result === 'object' ? [`${path}: ${result.problem}`] : []),
  ];
};

const say = ({ converted: { canary, path, notes }, result }: Outcome): void => {
  if (typeof result !== 'string') return;
  const what = result === 'unchanged' ? 'as it was' : 'written';
  process.stdout.write(`${path}: ${what}, from ${canary.name}.${canary.namespace}\n`);
  for (const note of notes) process.stdout.write(`  ${note}\n`);
};

const documentOf = (outcome: Outcome): object => {
  const { canary, path, written, notes } = outcome.converted;
  const problems = problemsOf(outcome);
  return {
    file: canary.file,
    name: canary.name,
    namespace: canary.namespace,
    path,
    ok: problems.length === 0,
    result: typeof outcome.result === 'string' ? outcome.result : null,
    notes,
    problems,
    spec: written ?? null,
  };
};

const separated = (list: string | undefined): string[] | undefined =>
  list
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

/**
 * `stepcanary import FILE…`: Flagger's Canaries as rollout specs, one file each. A wrong Canary leaves the others alone;
 * ends with 2 when there was one. Writes nothing at all when a file cannot be read.
 */
export const importCanaries = (files: readonly string[], options: Options): void => {
  const { canaries, manifests, problems } = readCanaries(files);
  if (problems.length > 0) throw new BadInput(problems);
  const callers = separated(options.callers);
  const around = {
    target: targetOf(options),
    mesh: options.mesh,
    prometheus: options.prometheus,
    push: options.push,
    ...(callers && { callers }),
  };
  const outcomes = convert(canaries, { out: options.out, around, manifests }).map((converted): Outcome => {
    const { path, text } = converted;
    return {
      converted,
      result:
        text === undefined || path === null ? undefined : writeSpecFile(path, text, options.force ?? false),
    };
  });
  if (options.json === true) process.stdout.write(`${JSON.stringify(outcomes.map(documentOf), null, 2)}\n`);
  else for (const outcome of outcomes) say(outcome);
  const wrong = outcomes.flatMap(problemsOf);
  if (options.json !== true) for (const problem of wrong) process.stderr.write(`${problem}\n`);
  process.exitCode = wrong.length === 0 ? Exit.asAsked : Exit.badInput;
};
