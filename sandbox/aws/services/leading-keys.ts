import type { MoreContext } from '../iam/store.ts';
import { isShape, type Shape } from '../wire/schema.ts';
import type { DynamoDb } from './dynamodb.ts';

const partitionKeys = (values: readonly unknown[], key: string): readonly string[] =>
  values.filter(isShape).flatMap((item) => {
    const value = item[key];
    return isShape(value) ? [String(Object.values(value)[0])] : [];
  });

/** Items and keys that a call names, wherever the operation has them. */
function namedItems(input: Shape): readonly unknown[] {
  const batches = isShape(input.RequestItems) ? Object.values(input.RequestItems).flat() : [];
  const inBatches = batches.flatMap((entry) => {
    const { PutRequest, DeleteRequest, Keys } = entry as Record<string, Shape | undefined>;
    return [PutRequest?.Item, DeleteRequest?.Key, ...(Array.isArray(Keys) ? Keys : [])];
  });
  return [input.Key, input.Item, ...inBatches];
}

/** The value that a Query compares the partition key with: `pk = :value`, names through their placeholders. */
function queriedKey(input: Shape, key: string): readonly string[] {
  const {
    KeyConditionExpression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  } = input;
  if (typeof KeyConditionExpression !== 'string' || !isShape(values)) return [];
  for (const [, name = '', value = ''] of KeyConditionExpression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    const real = isShape(names) ? (names[name] ?? name) : name;
    const found = values[value];
    if (real === key && isShape(found)) return [String(Object.values(found)[0])];
  }
  return [];
}

/** The condition key `dynamodb:LeadingKeys` of a call: the partition keys of the items that it names. */
export const leadingKeys =
  (database: DynamoDb): MoreContext =>
  async (input, call) => {
    const table = input.TableName ?? Object.keys(isShape(input.RequestItems) ? input.RequestItems : {})[0];
    if (typeof table !== 'string' || /Table$|Tables$/.test(call.operation)) return {};
    const key = await database.partitionKey(table, call);
    if (key === undefined) return {};
    const keys = [...partitionKeys(namedItems(input), key), ...queriedKey(input, key)];
    return keys.length > 0 ? { 'dynamodb:LeadingKeys': keys } : {};
  };
