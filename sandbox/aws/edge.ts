import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import {
  type Attempt,
  BrokenConnection,
  carryOut,
  type Gate,
  type Passthrough,
  type UnmodelledApi,
} from './attempt.ts';
import type { Behaviours, Call } from './service.ts';
import { failureOf } from './wire/failure.ts';
import { wireOf } from './wire/select.ts';
import type { Answer, Request } from './wire/wire.ts';

/** The port that local AWS tools listen on by custom. */
const DEFAULT_PORT = 4566;

/** How an attempt ended, for those who count calls. */
export interface CallRecord {
  readonly call: Call;
  /** HTTP status; undefined when the connection was reset or hangs. */
  readonly status: number | undefined;
  /** The error's name on the wire, `reset` or `hang`; undefined for success. */
  readonly error: string | undefined;
}

export interface EdgeOptions {
  /** @default 4566, or any free port when that is taken. A port given here must be free; 0 is any free port. */
  readonly port?: number;
  readonly clock: Clock;
  /** Behaviours by IAM prefix. */
  readonly services: Readonly<Record<string, Behaviours>>;
  /** Services that answer whole requests by themselves, by IAM prefix. */
  readonly passthrough?: Readonly<Record<string, Passthrough>>;
  /** Services that no SDK client describes, by their name in a SigV4 scope. */
  readonly unmodelled?: Readonly<Record<string, UnmodelledApi>>;
  readonly iam: Gate;
  readonly faults: Faults;
  /** Whether lengths, ranges, patterns and enumerations are enforced beside the schema. @default true */
  readonly constraints?: boolean;
  /** Told after each attempt, refused and broken ones included. */
  readonly onCall?: (record: CallRecord) => void;
  /** Told when a call will never be answered, so that virtual time can go on. */
  readonly onParked?: (call: Call) => void;
  /** @default console.error */
  readonly log?: (line: string) => void;
}

export interface Edge {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

async function read(message: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: message.headers as Request['headers'],
    // SDKs compress the metrics of PutMetricData from 10 KB on.
    body: message.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
  };
}

/**
 * The date is the sandbox's: by its own one, a client in virtual time would take its clock to be wrong, correct it, and
 * try again whatever failed first.
 */
function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  requestId: string,
  now: number,
): void {
  response.writeHead(status, {
    ...headers,
    date: new Date(now).toUTCString(),
    'x-amzn-requestid': requestId,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Counted, not random: the same run has the same ids. */
const requestIdOf = (count: number): string =>
  `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;

function handler(options: EdgeOptions) {
  const {
    onCall = () => {},
    onParked = () => {},
    log = console.error,
    passthrough = {},
    unmodelled = {},
    constraints = true,
  } = options;
  const parts = { ...options, passthrough, unmodelled, constraints };
  const reported = new Set<string>();
  let count = 0;

  /** Says a thing once: defects of ours and operations that are not there. */
  const report = (line: string) => {
    if (reported.has(line)) return;
    reported.add(line);
    log(line);
  };

  const refuse = (error: unknown, attempt: Attempt): Answer => {
    const failure = failureOf(error, attempt.model);
    if (failure.status === 501 || failure.name === 'InternalFailure') report(failure.message);
    if (attempt.call) onCall({ call: attempt.call, status: failure.status, error: failure.name });
    return attempt.wire.fail(failure, attempt.model, attempt.requestId, attempt.request);
  };

  return async (message: IncomingMessage, response: ServerResponse) => {
    const request = await read(message);
    const attempt: Attempt = { request, wire: wireOf(request), requestId: requestIdOf(++count) };
    try {
      const answer = await carryOut(attempt, parts);
      if (attempt.call) onCall({ call: attempt.call, status: answer.status, error: answer.error });
      send(response, answer, attempt.requestId, options.clock.now());
    } catch (error) {
      if (!(error instanceof BrokenConnection))
        return send(response, refuse(error, attempt), attempt.requestId, options.clock.now());
      if (attempt.call) onCall({ call: attempt.call, status: undefined, error: error.how });
      if (error.how === 'reset') message.socket.destroy();
      else if (attempt.call) {
        // Tells functions in virtual time that this call is parked (sandbox/lambda/containers/runtime/requests.ts).
        response.writeProcessing();
        onParked(attempt.call);
      }
    }
  };
}

/** Starts the one port on which every AWS API of the sandbox answers. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const handle = handler(options);
  const server = createServer((message, response) => {
    handle(message, response).catch(() => response.destroy());
  });
  // Clients keep their connections for the whole run; a server that closes idle ones races with their next request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(options.port ?? DEFAULT_PORT).catch((error: NodeJS.ErrnoException) => {
    if (options.port !== undefined || error.code !== 'EADDRINUSE') throw error;
    return listen(0);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
