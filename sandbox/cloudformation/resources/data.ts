import { createHash } from 'node:crypto';
import { fields, needed, type ResourceContext, type ResourceProviders, text } from '../provider.ts';
import type { Fields } from '../template.ts';
import { pick } from './api.ts';

const TABLE = ['AttributeDefinitions', 'KeySchema', 'LocalSecondaryIndexes', 'GlobalSecondaryIndexes'];

/** Secrets Manager generates 32 characters by default; here they are the same for the same secret. */
const generatedSecret = (properties: Fields, name: string): string => {
  const generate = fields(properties, 'GenerateSecretString');
  const length = Number(generate.PasswordLength ?? 32);
  const password = createHash('sha512').update(name).digest('base64url').slice(0, length);
  const key = text(generate, 'GenerateStringKey');
  if (key === undefined) return password;
  return JSON.stringify({ ...JSON.parse(text(generate, 'SecretStringTemplate') ?? '{}'), [key]: password });
};

const createTable = async (properties: Fields, { name, arn, call }: ResourceContext) => {
  const TableName = name(properties.TableName, 255);
  await call('dynamodb', 'CreateTable', {
    TableName,
    ...pick(properties, ...TABLE),
    BillingMode: 'PAY_PER_REQUEST',
  });
  const tableArn = arn('dynamodb', `table/${TableName}`);
  return { ref: TableName, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/sandbox` } };
};

const putParameter = async (properties: Fields, { name, call }: ResourceContext) => {
  const Name = name(properties.Name, 1011);
  const Type = text(properties, 'Type') ?? 'String';
  const Value = needed(properties, 'Value');
  await call('ssm', 'PutParameter', { Name, Type, Value, Overwrite: true });
  return { ref: Name, attributes: { Type, Value } };
};

const createSecret = async (properties: Fields, { name, call }: ResourceContext) => {
  const Name = name(properties.Name, 512);
  const SecretString = text(properties, 'SecretString') ?? generatedSecret(properties, Name);
  const { ARN } = await call('secretsmanager', 'CreateSecret', { Name, SecretString });
  return { ref: String(ARN), attributes: { Id: ARN } };
};

/** Tables, parameters and secrets. */
export const dataResources: ResourceProviders = {
  'AWS::DynamoDB::Table': createTable,
  'AWS::DynamoDB::GlobalTable': createTable,
  'AWS::SSM::Parameter': putParameter,
  'AWS::SecretsManager::Secret': createSecret,
};
