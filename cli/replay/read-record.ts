import { existsSync, readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENGINE, serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { DynamoDbStore } from '../../lambdas/adapters/dynamodb-store.ts';
import type { RolloutRecord } from '../../lambdas/core/replay/replay.ts';
import { callerIdentity, checkAccount } from '../aws.ts';
import { explained } from '../aws-failure.ts';
import { BadInput } from '../exit.ts';
import { readFolder } from '../services.ts';

const FIX = 'it must be what stepcanary replay --save wrote';

const isRecord = (value: unknown): value is RolloutRecord => {
  const { schema, basis, verdicts } = (value ?? {}) as Partial<RolloutRecord>;
  return schema === 1 && Array.isArray(verdicts) && basis?.spec !== undefined;
};

/** A saved record. Throws BadInput for anything else. */
export const readRecordFile = (file: string): RolloutRecord => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadInput([`${file}: cannot be read as JSON, ${(error as Error).message}; ${FIX}`]);
  }
  if (!isRecord(value)) throw new BadInput([`${file}: is no rollout's record; ${FIX}`]);
  return value;
};

/** Execution names are `service-tag-digest8-target-attempt`; ARNs end in the name. */
const nameOf = (execution: string): string => execution.split(':').at(-1) ?? execution;

const serviceOf = (name: string, folder: string): DeployableService => {
  const found = readFolder(folder).services.filter(
    ({ spec }) => name.startsWith(`${spec.service}-`) && new RegExp(`-${spec.target}-\\d+$`).test(name),
  );
  const longest = found.sort((a, b) => b.spec.service.length - a.spec.service.length)[0];
  if (longest === undefined)
    throw new BadInput([
      `execution: no spec in ${folder} is for it, and there is no file of that name, got "${name}"; give the name of an execution (stepcanary status shows them), or a saved record`,
    ]);
  return longest;
};

/** The record of an execution, from the engine's table. Throws BadInput where it has none. */
const readFromTable = async (execution: string, folder: string): Promise<RolloutRecord> => {
  const name = nameOf(execution);
  const { spec, target } = serviceOf(name, folder);
  const service = serviceAtTarget(spec);
  checkAccount(await callerIdentity(target.region), target);
  const store = new DynamoDbStore(ENGINE.table, new DynamoDBClient({ region: target.region }));
  const [basis, verdicts] = await Promise.all([
    store.basis(service, name),
    store.verdicts(service, name),
  ]).catch(explained(target.region));
  if (basis === undefined)
    throw new BadInput([
      `execution: nothing is recorded of it in ${target.region}, got "${name}"; it never came past its preflight, or the name is wrong`,
    ]);
  return { schema: 1, basis, verdicts };
};

/** A rollout's record: a file of that name, or an execution's by name or ARN. */
export const readRecord = async (of: string, folder: string): Promise<RolloutRecord> =>
  existsSync(of) ? readRecordFile(of) : readFromTable(of, folder);
