import { expect, test } from 'vitest';
import { checkAccount } from '../../cli/aws.ts';

const target = { name: 'prod-eu', region: 'eu-west-1', account: '111122223333', cluster: 'prod' };
const identity = (account: string) => ({
  arn: `arn:aws:iam::${account}:user/ana`,
  account,
  credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
});

test('credentials of another account would reach another service of the same name, and are refused', () => {
  expect(() => checkAccount(identity('444455556666'), target)).toThrow(
    'credentials: must be of account 111122223333, where the target prod-eu is, got 444455556666; set AWS_PROFILE to a profile of 111122223333',
  );
  expect(() => checkAccount(identity('111122223333'), target)).not.toThrow();
});
