import { ENGINE } from '../../infra/names.ts';
import type { ServiceRecord } from '../../lambdas/core/record.ts';
import { newRecord } from '../../lambdas/core/record.ts';
import type { Sandbox } from '../sandbox.ts';

/** What the engine's table says of `service@target`. */
export const recordOf = async (sandbox: Sandbox, service: string): Promise<ServiceRecord> => {
  const key = { pk: { S: 'service' }, sk: { S: service } };
  const { Item: item } = await sandbox.call('dynamodb', 'GetItem', { TableName: ENGINE.table, Key: key });
  const text = (item as { record?: { S: string } } | undefined)?.record?.S;
  return text === undefined ? newRecord(service) : (JSON.parse(text) as ServiceRecord);
};

/** Whether a service is locked, or a request waits for it. */
export const isBusy = async (sandbox: Sandbox, service: string): Promise<boolean> => {
  const { claim, pending, needs } = await recordOf(sandbox, service);
  // What waits for a person waits for ever.
  return needs?.what !== 'person' && (claim !== undefined || pending !== undefined);
};
