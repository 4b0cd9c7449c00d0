import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { callFunction } from '../../../lambdas/adapters/functions.ts';
import { callingConfig } from '../../../lambdas/runtime/calling.ts';

/** A Lambda API that counts its calls and answers none of them. */
const silent = async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }) => asked.push(url));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const client = new LambdaClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...callingConfig(0.05),
  });
  return { asked, client, close: () => new Promise((closed) => server.close(closed).closeAllConnections()) };
};

test('a function that does not answer is called once, and the call is one that may succeed later', async () => {
  const { asked, client, close } = await silent();
  await expect(callFunction('stepcanary-retire-canary', {}, client)).rejects.toMatchObject({
    name: 'Canary.Transient',
    message: expect.stringContaining('stepcanary-retire-canary'),
  });
  await close();
  expect(asked).toHaveLength(1);
});
