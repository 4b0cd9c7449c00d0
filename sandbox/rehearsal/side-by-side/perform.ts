import { asAsked, unmet } from '../expectation.ts';
import { writeRecords } from '../records.ts';
import { reportDataOf } from '../report/collect.ts';
import { rehearse, START } from '../run.ts';
import { traceOf } from '../trace.ts';
import type { Job, Rehearsed } from './job.ts';

/** Rehearses one scenario in this process, and takes from its sandbox what is wanted before it closes. */
export const perform = async ({ loaded, trace, report = false, records }: Job): Promise<Rehearsed> => {
  const { result, sandbox } = await rehearse(loaded);
  try {
    if (records !== undefined) await writeRecords(sandbox, loaded, records);
    return {
      file: loaded.file,
      result,
      asAsked: asAsked(loaded.scenario, result),
      unmet: unmet(loaded.scenario, result),
      ...(trace && { trace: await traceOf(sandbox) }),
      ...(report && { report: await reportDataOf(sandbox, loaded, result, START) }),
    };
  } finally {
    await sandbox.close();
  }
};
