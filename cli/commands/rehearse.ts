import { constants } from 'node:os';
import { resolve } from 'node:path';
import type { LoadedScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { loadScenarios } from '../../sandbox/rehearsal/load-scenarios.ts';
import type { Told } from '../../sandbox/rehearsal/side-by-side/job.ts';
import { SideBySide } from '../../sandbox/rehearsal/side-by-side/side-by-side.ts';
import { BadInput, Exit } from '../exit.ts';
import { say } from '../rehearse/print.ts';
import { checkWritable, writeReport } from '../rehearse/report-file.ts';
import { scenarioFiles } from '../rehearse/scenario-files.ts';

interface Options {
  readonly json?: boolean;
  readonly trace?: boolean;
  /** Where the page goes. */
  readonly report?: string;
  /** A folder for the records that `stepcanary replay` reads. */
  readonly records?: string;
}

/** Every file is read before any is run: a mistake in the last one costs no time. */
const loadAll = async (given: readonly string[]): Promise<readonly LoadedScenario[]> => {
  const { files, problems: notFound } = scenarioFiles(given);
  const { loaded, problems } = await loadScenarios(files);
  if (notFound.length + problems.length > 0) throw new BadInput([...notFound, ...problems]);
  return loaded;
};

/** Ends when the worker processes are gone, and what they had with them; a second signal ends them without asking. */
const endOnSignals = (rehearsals: SideBySide): void => {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) rehearsals.kill();
      asked = true;
      void rehearsals.end().then(() => process.exit(128 + constants.signals[signal]));
    });
  }
};

const documentOf = (told: readonly Told[]): unknown => {
  const results = told.map((one) => ('broken' in one ? null : one.result));
  return results.length === 1 ? results[0] : results;
};

/** `stepcanary rehearse SCENARIO…`: whole rollouts in virtual time; ends with 1 when one did not end as expected. */
export const rehearse = async (given: readonly string[], options: Options): Promise<void> => {
  const { json = false, trace = false, report, records } = options;
  if (report !== undefined) checkWritable(report);
  const rehearsals = new SideBySide();
  endOnSignals(rehearsals);
  try {
    const told: Told[] = [];
    await rehearsals.run(
      (await loadAll(given)).map((loaded) => ({
        loaded,
        trace,
        report: report !== undefined,
        ...(records !== undefined && { records: resolve(records) }),
      })),
      (one) => {
        say(one, json);
        told.push(one);
      },
    );
    // A signal ends the command, and half a document is worse than none.
    if (rehearsals.ended) return;
    if (report !== undefined) writeReport(report, told);
    if (json) process.stdout.write(`${JSON.stringify(documentOf(told), null, 2)}\n`);
    const allAsAsked = told.every((one) => !('broken' in one) && one.asAsked);
    process.exitCode = allAsAsked ? Exit.asAsked : Exit.not;
  } finally {
    await rehearsals.end();
  }
};
