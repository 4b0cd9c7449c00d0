import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { prometheusClient } from '../../../../lambdas/adapters/prometheus/amazon.ts';
import { authorisationOf } from '../../../../lambdas/adapters/prometheus/let-in.ts';
import { serverCertificate } from '../../../../sandbox/kubernetes/certificate.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Listener = Parameters<typeof createServer>[1];

const listening = async (server: ReturnType<typeof createServer>): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

/** A Prometheus that wants an Authorization header, and tells which headers came. */
const guarded = async (wanted: string) => {
  const seen: Record<string, unknown>[] = [];
  const answer: Listener = ({ headers }, response) => {
    seen.push(headers);
    if (headers.authorization !== wanted) response.writeHead(401).end('Unauthorized');
    else response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }));
  };
  return { url: `http://127.0.0.1:${await listening(createServer(answer))}`, seen };
};

const RANGE = { from: 0, to: 60_000, step: 60_000 };
const clientFor = (server: Parameters<typeof prometheusClient>[0], secrets: Record<string, string> = {}) => {
  const asked: string[] = [];
  const secret = async (name: string) => {
    asked.push(name);
    return secrets[name] ?? '';
  };
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  return { client: prometheusClient(server, { region: 'eu-west-1', credentials, secret }), asked };
};

describe('a Prometheus that lets only some in', () => {
  test.each([
    ['a token', 't0ken', 'Bearer t0ken'],
    ['a token and a line end', 't0ken\n', 'Bearer t0ken'],
    ['a token in JSON', '{"token": "t0ken"}', 'Bearer t0ken'],
    ['user name and password', '{"username": "ana", "password": "p:w"}', 'Basic YW5hOnA6dw=='],
  ])('is read with %s of a secret', async (_, text, wanted) => {
    const { url } = await guarded(wanted);
    const { client } = clientFor(
      { url, auth: { secret: 'prometheus/reader' } },
      { 'prometheus/reader': text },
    );
    await expect(client.range('up', RANGE)).resolves.toEqual([]);
  });

  test('gets headers of the spec too, and its secrets are read once for all queries of a client', async () => {
    const { url, seen } = await guarded('Bearer t0ken');
    const headers = { 'X-Scope-OrgID': 'shop', 'X-Api-Key': 'secret:key' };
    const { client, asked } = clientFor(
      { url, auth: { secret: 'reader' }, headers },
      { reader: 't0ken', key: 'k3y' },
    );
    await Promise.all([client.range('a', RANGE), client.range('b', RANGE)]);
    expect(seen[1]).toMatchObject({ 'x-scope-orgid': 'shop', 'x-api-key': 'k3y' });
    expect(asked.sort()).toEqual(['key', 'reader']);
  });

  test.each([
    [{}, 'it wants credentials: name a secret that holds them in auth: { secret: NAME }'],
    [{ auth: { secret: 'reader' } }, 'the secret "reader" does not hold what it wants'],
    [{ headers: { 'X-Scope-OrgID': 'shop' } }, 'what is sent in X-Scope-OrgID is not enough'],
  ])('explains a 401 with %j, and never with the secret itself', async (server, fix) => {
    const { url } = await guarded('Bearer t0ken');
    const { client } = clientFor({ url, ...server }, { reader: 'wr0ng' });
    const error = await client.range('up', RANGE).catch((failure: Error) => failure);
    expect(error).toMatchObject({ name: 'Canary.AccessDenied' });
    expect(String(error)).toContain(fix);
    expect(JSON.stringify(error) + String(error)).not.toContain('wr0ng');
  });

  test.each(['{"password": "p4ss"}', 'two w0rds', ''])('refuses the secret %j without telling it', (text) => {
    const read = () => authorisationOf('reader', text);
    expect(read).toThrow(/the secret "reader" must hold a bearer token/);
    expect(read).not.toThrow(/p4ss|w0rds/);
  });

  test('does not follow a redirect, which would take the token along', async () => {
    const to = await guarded('Bearer t0ken');
    const port = await listening(
      createServer((_, response) => response.writeHead(302, { location: to.url }).end()),
    );
    const { client } = clientFor(
      { url: `http://127.0.0.1:${port}`, auth: { secret: 'reader' } },
      { reader: 't0ken' },
    );
    await expect(client.range('up', RANGE)).rejects.toMatchObject({ name: 'Canary.Refused' });
    expect(to.seen).toEqual([]);
  });

  test('is believed by its own CA, and by no other', async () => {
    const { keyPem, certPem } = await serverCertificate();
    const answer: Listener = (_, response) =>
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }));
    const port = await listening(createSecureServer({ key: keyPem, cert: certPem }, answer) as never);
    const url = `https://127.0.0.1:${port}`;
    await expect(clientFor({ url, ca: certPem }).client.range('up', RANGE)).resolves.toEqual([]);
    await expect(clientFor({ url }).client.range('up', RANGE)).rejects.toMatchObject({
      name: 'Canary.Transient',
    });
  });
});
