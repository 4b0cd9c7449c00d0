import { serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { ALL_SERVICES, freezeOf } from '../../lambdas/core/holds/freeze.ts';
import { newRecord, type ServiceRecord } from '../../lambdas/core/record.ts';
import type { Target } from '../../lambdas/core/rollout.ts';
import type { RolloutStore } from '../../lambdas/core/store.ts';
import { explained } from '../aws-failure.ts';
import { engineStore } from '../engine-store.ts';
import { findService, readFolder } from '../services.ts';
import { type StatusRow, statusRow, statusTable } from '../status/row.ts';
import { targetsHere } from '../targets-here.ts';

/** What the command line says. */
export interface StatusCommandOptions {
  readonly json?: boolean;
  readonly rollouts: string;
}

const rowOf = async (store: RolloutStore, record: ServiceRecord, all: ServiceRecord): Promise<StatusRow> => {
  const [last] = record.claim === undefined ? await store.history(record.service, 1) : [];
  return statusRow(record, last, freezeOf(record, all, new Date().toISOString()));
};

/** All that an engine knows, and the services with a spec for it that were never released. */
const rowsOf = async (target: Target, services: readonly DeployableService[]): Promise<StatusRow[]> => {
  const store = await engineStore(target);
  const all = await store.read(ALL_SERVICES);
  const known = (await store.list()).filter(({ service }) => service !== ALL_SERVICES);
  const names = new Set(known.map(({ service }) => service));
  const others = services.map(({ spec }) => serviceAtTarget(spec)).filter((name) => !names.has(name));
  return Promise.all([...known, ...others.map(newRecord)].map((record) => rowOf(store, record, all)));
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
    const store = await engineStore(target);
    return await rowOf(store, await store.read(serviceAtTarget(spec)), await store.read(ALL_SERVICES));
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
