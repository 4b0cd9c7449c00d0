import { afterEach, expect, test, vi } from 'vitest';
import { explained } from '../../cli/aws-failure.ts';
import { CanaryError } from '../../lambdas/core/errors.ts';

const told = (error: unknown): { name: string; message: string } => {
  try {
    return explained('eu-west-1')(error);
  } catch (thrown) {
    return thrown as Error;
  }
};
const named = (name: string, message: string, more = {}) =>
  Object.assign(new Error(message), { name, ...more });

afterEach(() => vi.unstubAllEnvs());

test.each([
  [
    'CredentialsProviderError',
    'Could not load',
    /^credentials: none were found \(Could not load\); run aws sso login/,
  ],
  ['ExpiredTokenException', 'It is old', /^credentials: AWS in eu-west-1 refuses them .*; log in again$/],
  [
    'ResourceNotFoundException',
    'no table',
    /^engine: there is none in eu-west-1 \(no table\); run npm run deploy/,
  ],
])('%s is one line with a fix, and ends with 1', (name, message, pattern) => {
  expect(told(named(name, message))).toMatchObject({
    name: 'NotDone',
    message: expect.stringMatching(pattern),
  });
});

test('a connection that failed inside an adapter names the endpoint', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  const cause = named('Error', 'connect', { code: 'ECONNREFUSED' });
  const { message } = told(new CanaryError('Canary.Transient', 'could not read', { cause }));
  expect(message).toMatch(
    /^network: could not reach http:\/\/127\.0\.0\.1:9 \(AWS_ENDPOINT_URL\) \(ECONNREFUSED\)/,
  );
});

test('what the person named wrongly ends with 2, what AWS refuses with 1', () => {
  expect(told(new CanaryError('Canary.InvalidInput', 'tag: no'))).toMatchObject({
    name: 'BadInput',
    message: 'tag: no',
  });
  expect(told(new CanaryError('Canary.AccessDenied', 'denied'))).toMatchObject({
    name: 'NotDone',
    message: 'denied',
  });
});

test('an error that nobody expects goes on as it is', () => {
  const error = new TypeError('a defect');
  expect(told(error)).toBe(error);
});
