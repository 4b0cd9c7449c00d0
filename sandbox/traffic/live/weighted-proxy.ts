import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Agent, type Dispatcher, request } from 'undici';
import { type RoutePolicy, retriesConnection, retriesStatus } from '../route-policy.ts';
import type { RequestShape, RouteChoice } from '../route-table.ts';

/** Who called, in Envoy's own header; the first caller of the service when it is not there. */
export const CALLER_HEADER = 'x-envoy-downstream-service-node';

/** A pod that a request can go to. */
export interface Endpoint {
  readonly version: string;
  readonly origin: string;
}

/** One attempt on a target, as the caller's proxy sees it. */
export interface Attempt {
  readonly caller: string;
  readonly node: string;
  /** Undefined when no pod was ready. */
  readonly version: string | undefined;
  readonly status: number;
  /** Undefined when nobody answered. */
  readonly milliseconds: number | undefined;
}

/** A request as its client saw it. */
export interface Answered {
  readonly node: string | undefined;
  readonly version: string | undefined;
  readonly status: number;
}

export interface WeightedProxyOptions {
  readonly callers: readonly string[];
  /** The route for a request, with the weights that the router has now; undefined is answered with 404. */
  readonly route: (request: RequestShape) => RouteChoice | undefined;
  /** A ready pod of a virtual node; undefined when there is none. */
  readonly endpointOf: (node: string) => Endpoint | undefined;
  readonly random: () => number;
  readonly onAttempt: (attempt: Attempt) => void;
  readonly onAnswer: (answer: Answered) => void;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly version: string | undefined;
  readonly again: boolean;
}

/** Headers that belong to one connection, not to the message. Source: RFC 9110 section 7.6.1. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
];

const passed = <T>(headers: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

const json = (status: number, message: string) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ code: status, message })),
});

/** The meshes' proxies in one: picks a target by the route's weights, retries as the route says, reports each attempt. */
export class WeightedProxy {
  readonly #options: WeightedProxyOptions;
  readonly #agent = new Agent({ connections: 256, pipelining: 1 });
  readonly #server: Server;

  constructor(options: WeightedProxyOptions) {
    this.#options = options;
    this.#server = createServer((incoming, response) => {
      this.#handle(incoming, response).catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
    });
  }

  /** Listens on a free port of this machine; resolves to its origin. */
  listen(port = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await Promise.all([closed, this.#agent.destroy()]);
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    const shape = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', headers };
    const choice = this.#options.route(shape);
    const node = choice && this.#pick(choice.weights);
    const reply =
      choice === undefined || node === undefined
        ? { ...json(404, 'no route'), version: undefined }
        : await this.#send(shape, body, { node, policy: choice.policy });
    this.#options.onAnswer({ node, version: reply.version, status: reply.status });
    response.writeHead(reply.status, { ...passed(reply.headers), 'content-length': reply.body.length });
    response.end(reply.body);
  }

  #pick(weights: Readonly<Record<string, number>>): string | undefined {
    const entries = Object.entries(weights).filter(([, weight]) => weight > 0);
    let at = this.#options.random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [node, weight] of entries) {
      at -= weight;
      if (at < 0) return node;
    }
    return entries.at(-1)?.[0];
  }

  async #send(shape: RequestShape, body: Buffer, to: { node: string; policy: RoutePolicy }): Promise<Reply> {
    const { perRequestTimeoutMs } = to.policy;
    const deadline = perRequestTimeoutMs === undefined ? undefined : AbortSignal.timeout(perRequestTimeoutMs);
    for (let round = 0; ; round++) {
      const reply = await this.#attempt(shape, body, to, deadline);
      if (!reply.again || deadline?.aborted || round >= (to.policy.maxRetries ?? 0)) return reply;
    }
  }

  async #attempt(
    shape: RequestShape,
    body: Buffer,
    { node, policy }: { node: string; policy: RoutePolicy },
    deadline: AbortSignal | undefined,
  ): Promise<Reply> {
    const caller = shape.headers[CALLER_HEADER] ?? this.#options.callers[0] ?? '';
    const endpoint = this.#options.endpointOf(node);
    const version = endpoint?.version;
    const report = (status: number, milliseconds?: number) =>
      this.#options.onAttempt({ caller, node, version, status, milliseconds });
    if (endpoint === undefined) {
      report(503);
      return { ...json(503, 'no healthy upstream'), version, again: false };
    }
    const start = performance.now();
    try {
      const answer = await this.#forward(endpoint, shape, body, signalFor(policy, deadline));
      report(answer.status, performance.now() - start);
      return { ...answer, version, again: retriesStatus(policy, answer.status) };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      report(timedOut ? 504 : 503, timedOut ? performance.now() - start : undefined);
      return timedOut
        ? { ...json(504, 'upstream request timeout'), version, again: retriesStatus(policy, 504) }
        : { ...json(503, 'upstream connect error'), version, again: retriesConnection(policy) };
    }
  }

  async #forward(endpoint: Endpoint, shape: RequestShape, body: Buffer, signal: AbortSignal | undefined) {
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(`${endpoint.origin}${shape.path}`, {
      method: shape.method as Dispatcher.HttpMethod,
      headers: passed(shape.headers),
      body: body.length > 0 ? body : null,
      dispatcher: this.#agent,
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: statusCode, headers, body: Buffer.from(await answer.arrayBuffer()) };
  }
}

const signalFor = (
  { perRetryTimeoutMs }: RoutePolicy,
  deadline: AbortSignal | undefined,
): AbortSignal | undefined => {
  if (perRetryTimeoutMs === undefined) return deadline;
  const own = AbortSignal.timeout(perRetryTimeoutMs);
  return deadline === undefined ? own : AbortSignal.any([deadline, own]);
};
