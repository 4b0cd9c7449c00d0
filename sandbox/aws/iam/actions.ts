import type { Call } from '../service.ts';

/** Operations whose permission has another name. Source: Service Authorization Reference. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'lambda:Invoke': ['lambda:InvokeFunction'],
  'lambda:InvokeWithResponseStream': ['lambda:InvokeFunction'],
  'lambda:GetPolicy20150331v2': ['lambda:GetPolicy'],
  'dynamodb:TransactGetItems': ['dynamodb:GetItem'],
  'dynamodb:TransactWriteItems': [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  'sns:PublishBatch': ['sns:Publish'],
};

/** The IAM actions that a call needs, all of them. */
export const actionsOf = ({ service, operation }: Pick<Call, 'service' | 'operation'>): readonly string[] =>
  EXCEPTIONS[`${service}:${operation}`] ?? [`${service}:${operation}`];
