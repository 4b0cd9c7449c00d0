import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { KubernetesClient } from '../../../../lambdas/adapters/kubernetes/client.ts';

type Certificate = { cert: string; private: string };
const PATH = '/apis/apps/v1/namespaces/test/deployments/podinfo';
const MERGE = { type: 'merge', body: { spec: { replicas: 2 } } } as const;

let own: Certificate;
let other: Certificate;
beforeAll(async () => {
  const make = () =>
    generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
  [own, other] = await Promise.all([make(), make()]);
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that answers as told, and a client that trusts it. */
const serving = async (
  answer: (seen: Seen, response: ServerResponse) => void,
  { ca = own.cert, timeoutMs = 2_000 } = {},
) => {
  const seen: Seen[] = [];
  const server = createServer({ cert: own.cert, key: own.private }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    const call = { method, url, headers, body };
    seen.push(call);
    answer(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const tokens: boolean[] = [];
  const client = new KubernetesClient(
    {
      endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificateAuthority: Buffer.from(ca).toString('base64'),
      token: async ({ renew = false } = {}) => {
        tokens.push(renew);
        return renew ? 'renewed' : 'first';
      },
    },
    { timeoutMs },
  );
  return { client, seen, tokens };
};

const status = (code: number, message: string) => (_: Seen, response: ServerResponse) => {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'Status', message, code }));
};

test.each([
  ['strategic', 'application/strategic-merge-patch+json'],
  ['merge', 'application/merge-patch+json'],
  ['json', 'application/json-patch+json'],
] as const)('a %s patch says what it is and who writes', async (type, contentType) => {
  const { client, seen } = await serving(status(200, ''));
  const patch =
    type === 'json'
      ? { type, body: [{ op: 'remove' as const, path: '/spec/paused' }] }
      : { type, body: { spec: {} } };
  await client.patch(PATH, patch);
  expect(seen[0]).toMatchObject({
    method: 'PATCH',
    url: `${PATH}?fieldManager=stepcanary`,
    body: JSON.stringify(patch.body),
  });
  expect(seen[0]?.headers).toMatchObject({ 'content-type': contentType, authorization: 'Bearer first' });
});

test('a refused token is renewed once, and then it is the access that is missing', async () => {
  const healed = await serving(({ headers }, response) =>
    status(headers.authorization === 'Bearer renewed' ? 200 : 401, 'Unauthorized')({} as Seen, response),
  );
  await healed.client.get(PATH);
  expect(healed.tokens).toEqual([false, true]);
  const denied = await serving(status(401, 'Unauthorized'));
  await expect(denied.client.get(PATH)).rejects.toMatchObject({
    name: 'Canary.AccessDenied',
    message: expect.stringContaining('access entry'),
  });
  expect(denied.seen).toHaveLength(2);
});

const denial = "ValidatingAdmissionPolicy 'stepcanary' with binding 'stepcanary' denied request: by digest";
test.each([
  [403, 'deployments.apps "podinfo" is forbidden: User cannot patch', 'Canary.AccessDenied', 'RoleBinding'],
  [
    403,
    `admission webhook "mpod.appmesh.k8s.aws" denied the request`,
    'Canary.Refused',
    'denied the request',
  ],
  [422, denial, 'Canary.Refused', 'by digest'],
  [409, 'the object has been modified', 'WriteConflict', 'modified'],
  [404, 'deployments.apps "podinfo" not found', 'NotFound', 'not found'],
  [429, 'too many requests', 'Canary.Transient', '429'],
  [500, 'etcdserver: leader changed', 'Canary.Transient', 'leader changed'],
  [503, 'apiserver is shutting down', 'Canary.Transient', '503'],
])('%i "%s" becomes %s', async (code, message, name, text) => {
  const { client } = await serving(status(code, message));
  await expect(client.patch(PATH, MERGE)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(text),
  });
});

test('fails as transient when nobody answers, the connection breaks, or the certificate is not the cluster’s', async () => {
  const transient = { name: 'Canary.Transient' };
  const silent = await serving(() => {}, { timeoutMs: 50 });
  await expect(silent.client.get(PATH)).rejects.toMatchObject(transient);
  const broken = await serving((_, response) => response.destroy());
  await expect(broken.client.get(PATH)).rejects.toMatchObject(transient);
  const foreign = await serving(status(200, ''), { ca: other.cert });
  await expect(foreign.client.get(PATH)).rejects.toMatchObject(transient);
  expect(foreign.seen).toHaveLength(0);
});

test('a list is read to its last page', async () => {
  const { client, seen } = await serving(({ url }, response) => {
    const last = new URL(url ?? '', 'https://x').searchParams.get('continue') === 'more';
    response.end(JSON.stringify(last ? { items: [3] } : { items: [1, 2], metadata: { continue: 'more' } }));
  });
  expect(await client.list('/api/v1/namespaces/test/pods', { labelSelector: 'app=podinfo' })).toEqual([
    1, 2, 3,
  ]);
  expect(seen[1]?.url).toContain('labelSelector=app%3Dpodinfo');
});
