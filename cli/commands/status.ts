import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENGINE, serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { DynamoDbStore } from '../../lambdas/adapters/dynamodb-store.ts';
import { newRecord, type ServiceRecord } from '../../lambdas/core/record.ts';
import type { Target } from '../../lambdas/core/rollout.ts';
import type { RolloutStore } from '../../lambdas/core/store.ts';
import { callerIdentity, checkAccount } from '../aws.ts';
import { explained } from '../aws-failure.ts';
import { BadInput } from '../exit.ts';
import { findService, readFolder } from '../services.ts';
import { type StatusRow, statusRow, statusTable } from '../status/row.ts';

/** What the command line says. */
export interface StatusCommandOptions {
  readonly json?: boolean;
  readonly rollouts: string;
}

const rowOf = async (store: RolloutStore, record: ServiceRecord): Promise<StatusRow> => {
  const [last] = record.claim === undefined ? await store.history(record.service, 1) : [];
  return statusRow(record, last);
};

const storeOf = async (target: Target): Promise<RolloutStore> => {
  checkAccount(await callerIdentity(target.region), target);
  return new DynamoDbStore(ENGINE.table, new DynamoDBClient({ region: target.region }));
};

/** All that an engine knows, and the services with a spec for it that were never released. */
const rowsOf = async (target: Target, services: readonly DeployableService[]): Promise<StatusRow[]> => {
  const store = await storeOf(target);
  const known = await store.list();
  const names = new Set(known.map(({ service }) => service));
  const others = services.map(({ spec }) => serviceAtTarget(spec)).filter((name) => !names.has(name));
  return Promise.all([...known, ...others.map(newRecord)].map((record) => rowOf(store, record)));
};

/** Credentials are of one account; a folder may hold the targets of several. */
const targetsHere = async (targets: Iterable<Target>, folder: string): Promise<Target[]> => {
  const all = [...targets];
  const [first] = all;
  if (first === undefined) throw new BadInput([`${folder}/_targets.yaml: has no target; add one`]);
  const { account } = await callerIdentity(first.region);
  const here = all.filter((target) => target.account === account);
  if (here.length === 0) {
    const accounts = [...new Set(all.map((target) => target.account))].join(', ');
    throw new BadInput([
      `credentials: must be of an account with a target in ${folder}/_targets.yaml (${accounts}), got ${account}; set AWS_PROFILE`,
    ]);
  }
  const byRegion = new Map(here.map((target) => [target.region, target]));
  return [...byRegion.values()];
};

const allRows = async (folder: string): Promise<StatusRow[]> => {
  const { targets, services } = readFolder(folder);
  const here = await targetsHere(targets.values(), folder);
  const rows = await Promise.all(
    here.map((engine) => {
      const its = services.filter(
        ({ target: { account, region } }) => account === engine.account && region === engine.region,
      );
      return rowsOf(engine, its).catch(explained(engine.region));
    }),
  );
  return rows.flat().sort((a, b) => (a.service < b.service ? -1 : 1));
};

const oneRow = async (name: string, folder: string): Promise<StatusRow> => {
  const { spec, target } = findService(name, folder);
  try {
    const store = await storeOf(target);
    return await rowOf(store, await store.read(serviceAtTarget(spec)));
  } catch (error) {
    return explained(target.region)(error);
  }
};

/** `stepcanary status [SERVICE]`: how each service stands, of all engines that the credentials reach. */
export const status = async (name: string | undefined, options: StatusCommandOptions): Promise<void> => {
  const { json = false, rollouts } = options;
  const rows = name === undefined ? await allRows(rollouts) : [await oneRow(name, rollouts)];
  process.stdout.write(
    json ? `${JSON.stringify(name === undefined ? rows : rows[0], null, 2)}\n` : statusTable(rows),
  );
};
