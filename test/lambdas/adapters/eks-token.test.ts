import { expect, test } from 'vitest';
import { eksToken, eksTokens } from '../../../lambdas/adapters/eks-token.ts';

const IDENTITY = { accessKeyId: 'AKID', secretAccessKey: 'SECRET', sessionToken: 'TOK/+=' };
const OF = { region: 'eu-west-1', cluster: 'prod' };
const NOW = new Date('2026-11-21T00:00:00Z');

const urlIn = (token: string): URL =>
  new URL(Buffer.from(token.replace(/^k8s-aws-v1\./, ''), 'base64url').toString());

test('the signature is the one that @smithy/signature-v4 makes', () => {
  const url = urlIn(eksToken(OF, IDENTITY, NOW));
  expect(url.searchParams.get('X-Amz-Signature')).toBe(
    '0ec94d39e99a702c7b3e629604e543e6dd670338d38ce4439cff80e19335d268',
  );
  expect(url.host).toBe('sts.eu-west-1.amazonaws.com');
  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('TOK/+=');
});

test('the token has no padding and names only what the authenticator allows', () => {
  const token = eksToken({ region: 'cn-north-1', cluster: 'prod' }, IDENTITY, NOW);
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  expect(urlIn(token).host).toBe('sts.cn-north-1.amazonaws.com.cn');
  const allowed =
    /^(action|version|x-amz-(algorithm|credential|date|expires|security-token|signature|signedheaders))$/i;
  for (const name of urlIn(token).searchParams.keys()) expect(name).toMatch(allowed);
});

test('a token serves for 14 minutes, and not beyond the end of its credentials', async () => {
  const start = NOW.getTime();
  const at = { minutes: 0 };
  const clock = () => new Date(start + at.minutes * 60_000);
  const lasting = (minutes: number) => async () => ({
    ...IDENTITY,
    expiration: new Date(start + minutes * 60_000),
  });
  const long = eksTokens(OF, lasting(60), clock);
  const short = eksTokens(OF, lasting(5), clock);
  const first = { long: await long(), short: await short() };
  at.minutes = 6;
  expect(await long()).toBe(first.long);
  expect(await short()).not.toBe(first.short);
  expect(await long({ renew: true })).not.toBe(first.long);
  at.minutes = 21;
  const renewed = await long();
  expect(urlIn(renewed).searchParams.get('X-Amz-Date')).toBe('20261121T002100Z');
});
