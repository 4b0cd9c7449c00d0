import { ENGINE } from '../../infra/names.ts';
import type { RolloutSummary, ServiceRecord } from '../../lambdas/core/record.ts';
import { newRecord } from '../../lambdas/core/record.ts';
import type { VerdictRecord } from '../../lambdas/core/tasks.ts';
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

type Item = Readonly<Record<string, { readonly S?: string }>>;

/** The items of a service whose sort keys begin with `prefix`, in their order. */
export const itemsOf = async (
  sandbox: Sandbox,
  service: string,
  prefix: string,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let ExclusiveStartKey: unknown;
  do {
    const page = await sandbox.call('dynamodb', 'Query', {
      TableName: ENGINE.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: service }, ':prefix': { S: prefix } },
      ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
    });
    items.push(...((page.Items ?? []) as Item[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
};

/** The line of the service's history for an execution, where it has one. */
export const summaryOf = async (
  sandbox: Sandbox,
  service: string,
  executionArn: string,
): Promise<RolloutSummary | undefined> => {
  const items = await itemsOf(sandbox, service, 'rollout#');
  return items
    .flatMap(({ summary }) => (summary?.S === undefined ? [] : [JSON.parse(summary.S) as RolloutSummary]))
    .findLast(({ execution }) => execution === executionArn);
};

/** Every verdict of an execution, in order. @param name of the execution, without its ARN */
export const verdictsOf = async (
  sandbox: Sandbox,
  service: string,
  name: string,
): Promise<readonly VerdictRecord[]> => {
  const items = await itemsOf(sandbox, service, `verdict#${name}#`);
  return items.flatMap(({ verdict }) =>
    verdict?.S === undefined ? [] : [JSON.parse(verdict.S) as VerdictRecord],
  );
};
