import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RolloutBasis } from '../../lambdas/core/record.ts';
import type { RolloutRecord } from '../../lambdas/core/replay/replay.ts';
import type { Sandbox } from '../sandbox.ts';
import { listExecutions } from './executions.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { itemsOf, verdictsOf } from './service-record.ts';

/** What every execution of a service left in the engine's table; those that never came past their preflight have none. */
export const recordsOf = async (sandbox: Sandbox, service: string): Promise<readonly RolloutRecord[]> => {
  const records: RolloutRecord[] = [];
  for (const { name } of await listExecutions(sandbox)) {
    const [item] = await itemsOf(sandbox, service, `basis#${name}`);
    if (item?.basis?.S === undefined) continue;
    const basis = JSON.parse(item.basis.S) as RolloutBasis;
    records.push({ schema: 1, basis, verdicts: await verdictsOf(sandbox, service, name) });
  }
  return records;
};

/** Writes `SCENARIO.EXECUTION.json` for each: executions of different scenarios have the same names. */
export const writeRecords = async (
  sandbox: Sandbox,
  { file, spec: { service, target } }: LoadedScenario,
  folder: string,
): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  const scenario = basename(file).replace(/\.ya?ml$/, '');
  for (const record of await recordsOf(sandbox, `${service}@${target}`)) {
    const name = record.basis.execution.split(':').at(-1);
    writeFileSync(join(folder, `${scenario}.${name}.json`), `${JSON.stringify(record)}\n`);
  }
};
