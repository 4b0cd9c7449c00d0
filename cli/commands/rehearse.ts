import { constants } from 'node:os';
import { asAsked, unmet } from '../../sandbox/rehearsal/expectation.ts';
import { type LoadedScenario, loadScenario, WrongScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import type { RehearsalResult } from '../../sandbox/rehearsal/result.ts';
import type { Rehearsal } from '../../sandbox/rehearsal/run.ts';
import { traceOf } from '../../sandbox/rehearsal/trace.ts';
import { BadInput, Exit } from '../exit.ts';

interface Options {
  readonly json?: boolean;
  readonly trace?: boolean;
}

/** Every file is read before any is run: a mistake in the last one costs no time. */
const loadAll = (files: readonly string[]): LoadedScenario[] => {
  const problems: string[] = [];
  const loaded = files.flatMap((file) => {
    try {
      return [loadScenario(file)];
    } catch (error) {
      if (!(error instanceof WrongScenario)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new BadInput(problems);
  return loaded;
};

const summary = ({
  name,
  rollouts,
  failedRequests,
  requests,
  virtualSeconds,
  wallSeconds,
}: RehearsalResult): string => {
  const ended = rollouts
    .map(({ version, outcome, reason }) => `${version} ${outcome}${reason === '' ? '' : ` (${reason})`}`)
    .join('; ');
  const failed = `${failedRequests.toLocaleString('en-US')} of ${requests.toLocaleString('en-US')} requests failed`;
  return `${name}: ${ended}; ${failed}; ${Math.round(virtualSeconds / 60)} min in ${wallSeconds.toFixed(1)} s`;
};

const say = async (
  loaded: LoadedScenario,
  { result, sandbox }: Rehearsal,
  { trace = false }: Options,
): Promise<void> => {
  const ok = asAsked(loaded.scenario, result);
  process.stdout.write(`${ok ? '✓' : '✗'} ${summary(result)}\n`);
  for (const difference of unmet(loaded.scenario, result)) process.stdout.write(`    ${difference}\n`);
  if (trace) process.stdout.write(await traceOf(sandbox));
};

/** Ends at once, by way of `exit`, at which sandboxes remove what they left on disk; their processes end with this one. */
const endOnSignals = (): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
};

/** `stepcanary rehearse SCENARIO…`: whole rollouts in virtual time; ends with 1 when one did not end as expected. */
export const rehearse = async (files: readonly string[], options: Options): Promise<void> => {
  const scenarios = loadAll(files);
  endOnSignals();
  const { rehearse: run } = await import('../../sandbox/rehearsal/run.ts');
  const results: RehearsalResult[] = [];
  let allAsAsked = true;
  for (const loaded of scenarios) {
    const rehearsal = await run(loaded);
    try {
      results.push(rehearsal.result);
      allAsAsked &&= asAsked(loaded.scenario, rehearsal.result);
      if (options.json !== true) await say(loaded, rehearsal, options);
    } finally {
      await rehearsal.sandbox.close();
    }
  }
  if (options.json === true)
    process.stdout.write(`${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`);
  process.exitCode = allAsAsked ? Exit.asAsked : Exit.not;
};
