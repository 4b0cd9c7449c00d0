import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Container } from './container.ts';
import { owner } from './owner.ts';
import { trustSandbox } from './trust.ts';

/** A request whose server answered `102 Processing` is parked by a fault, and counts as not under way. */
const PARKED = 102;

/** What Node keeps of a request and its types leave out. */
type Sent = Omit<ClientRequest, 'timeout'> & {
  timeout?: number;
  virtualTimeout?: unknown;
  readonly agent?: { readonly protocol?: string; readonly options?: { readonly ca?: unknown } };
};

const begin = (container: Container, request: Sent): void => {
  if (!container.alive) {
    request.destroy();
    return;
  }
  if (request.agent?.protocol === 'https:' && request.agent.options?.ca === undefined) trustSandbox();
  container.time.started(request);
  request.on('socket', (socket: Socket) => container.opened(socket));
  request.on('information', ({ statusCode }) => statusCode === PARKED && container.time.ended(request));
  request.once('close', () => container.time.ended(request));
  const milliseconds = request.timeout;
  if (milliseconds === undefined) return;
  // Node's own time-out would run in real time.
  delete request.timeout;
  request.setTimeout(milliseconds);
};

const watchHttp = (): void => {
  subscribe('http.client.request.created', (message) => {
    const container = owner.getStore();
    if (container !== undefined) begin(container, (message as { request: Sent }).request);
  });
  const inRealTime = ClientRequest.prototype.setTimeout;
  ClientRequest.prototype.setTimeout = function setTimeout(
    this: Sent & ClientRequest,
    milliseconds,
    listener,
  ) {
    const container = owner.getStore();
    if (container === undefined) return inRealTime.call(this, milliseconds, listener);
    const { setTimeout, clearTimeout } = container.globals;
    if (listener !== undefined) this.once('timeout', listener);
    clearTimeout(this.virtualTimeout as NodeJS.Timeout);
    if (milliseconds <= 0) return this;
    this.virtualTimeout = setTimeout(() => this.emit('timeout'), milliseconds);
    this.once('close', () => clearTimeout(this.virtualTimeout as NodeJS.Timeout));
    return this;
  };
};

/** The global fetch does not use node:http; it reports its requests by itself. */
const watchFetch = (): void => {
  const containers = new WeakMap<object, Container>();
  const ended = ({ request }: { request: object }) => containers.get(request)?.time.ended(request);
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: object };
    const container = owner.getStore();
    if (container === undefined) return;
    containers.set(request, container);
    container.time.started(request);
  });
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as { request: object; response: { statusCode: number } };
    if (response.statusCode === PARKED) ended({ request });
  });
  for (const channel of ['undici:request:trailers', 'undici:request:error'])
    subscribe(channel, (message) => ended(message as { request: object }));
};

/** Tells containers of the requests that their code sends. */
export const watchRequests = (): void => {
  watchHttp();
  watchFetch();
};
