import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the runtime does next, as one function's process tells it. */
export interface RuntimeEvents {
  /** The runtime asks for its next invocation, so the one before is over and its process is idle. */
  next(give: (invocation: RuntimeInvocation) => void): void;
  response(requestId: string, payload: string): void;
  error(requestId: string, payload: string): void;
  initError(payload: string): void;
}

/** One invocation as the runtime receives it. */
export interface RuntimeInvocation {
  readonly payload: string;
  /** The `Lambda-Runtime-…` headers. */
  readonly headers: Readonly<Record<string, string>>;
}

const PREFIX = '/2018-06-01/runtime/';

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const answer = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const giveNext = (events: RuntimeEvents, response: ServerResponse) =>
  events.next(({ payload, headers }) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(payload);
  });

const route = async (events: RuntimeEvents, request: IncomingMessage, response: ServerResponse) => {
  const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : '';
  if (path === 'invocation/next') return giveNext(events, response);
  const body = await textOf(request);
  const [, requestId, outcome] = path.match(/^invocation\/([^/]+)\/(response|error)$/) ?? [];
  if (requestId !== undefined && outcome === 'response') events.response(requestId, body);
  else if (requestId !== undefined) events.error(requestId, body);
  else if (path === 'init/error') events.initError(body);
  else
    return answer(response, 404, { errorType: 'InvalidPath', errorMessage: `no such path: ${request.url}` });
  return answer(response, 202, { status: 'OK' });
};

/** The Lambda Runtime API (version 2018-06-01) for one function's process, on a loopback port of its own. */
export const startRuntimeApi = async (
  events: RuntimeEvents,
): Promise<{ server: Server; address: string }> => {
  const server = createServer((request, response) => void route(events, request, response));
  // A waiting `next` has no time limit.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};
