import { serviceAtTarget } from '../../infra/names.ts';
import { explained } from '../aws-failure.ts';
import { engineStore } from '../engine-store.ts';
import { BadInput } from '../exit.ts';
import { historyTable } from '../history/table.ts';
import { findService } from '../services.ts';

/** What the command line says. */
export interface HistoryOptions {
  readonly rollouts: string;
  readonly json?: boolean;
  readonly limit: string;
}

/** `stepcanary history SERVICE`: the rollouts of a service that have ended, newest first. */
export const history = async (name: string, { rollouts, json, limit }: HistoryOptions): Promise<void> => {
  if (!/^[1-9]\d{0,3}$/.test(limit))
    throw new BadInput([`--limit: must be a whole number of 1 to 9999, got "${limit}"`]);
  const { spec, target } = findService(name, rollouts);
  const store = await engineStore(target);
  const summaries = await store.history(serviceAtTarget(spec), Number(limit)).catch(explained(target.region));
  process.stdout.write(json ? `${JSON.stringify(summaries, null, 2)}\n` : historyTable(summaries));
};
