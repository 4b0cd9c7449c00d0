import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock.ts';
import type { Fault, Faults } from '../../faults.ts';
import type { User } from '../admission.ts';
import type { Certificate } from '../certificate.ts';
import type { JsonObject, KubeObject } from '../objects.ts';
import { apiVersionOf } from '../resources.ts';
import { faultStatus, StatusError } from '../status.ts';
import { type Answer, answer, type Parts } from './answer.ts';
import { writeLog } from './pod-answers.ts';
import { type ApiRequest, apiRequest, takesJson } from './request.ts';
import { tableOf } from './tables.ts';
import { startWatch } from './watch.ts';

/** One answered request, for logs and counts. `status` is the HTTP status; 0 where a fault took the answer. */
export interface RequestRecord {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly user: string;
  readonly status: number;
}

export interface ListenerOptions extends Parts {
  readonly clock: Clock;
  readonly faults: Faults | undefined;
  readonly authenticate: (bearerToken: string | undefined) => User | undefined;
  readonly onRequest: (record: RequestRecord) => void;
  readonly onParked: (call: string) => void;
}

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const wantsTable = ({ headers }: ApiRequest) => /as=Table/.test(headers.accept ?? '');

const resourceText = ({ about }: ApiRequest): string =>
  about === undefined ? '' : about.plural + (about.subresource ? `/${about.subresource}` : '');

const writeJson = (response: ServerResponse, code: number, body: object | string) => {
  const isText = typeof body === 'string';
  response.writeHead(code, { 'content-type': isText ? 'text/plain' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
};

const ONLY_JSON = 'only the following media types are accepted: application/json';

/** A listener of one API server: TLS, tokens, faults, and the form of answers. */
class Listener {
  readonly #options: ListenerOptions;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const request = apiRequest({ method, url, headers, body: await bodyOf(incoming) });
    const user = this.#options.authenticate(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]);
    const call = `kubernetes.${request.verb}.${resourceText(request)}`;
    const { faults, clock } = this.#options;
    const fault = faults?.take(call);
    if (fault?.when === 'late') faults?.landLater(fault, clock, () => this.#answer(user, request));
    if (fault?.when === 'before' || fault?.when === 'late')
      return this.#failBy(fault, call, request, user, response);
    const answered = this.#answer(user, request);
    if (fault !== undefined) return this.#failBy(fault, call, request, user, response);
    this.#record(
      request,
      user,
      answered instanceof StatusError ? answered.code : answered.kind === 'object' ? answered.code : 200,
    );
    if (answered instanceof StatusError) this.#writeStatus(response, answered);
    else this.#write(request, response, answered);
  }

  #answer(user: User | undefined, request: ApiRequest): Answer | StatusError {
    try {
      if (user === undefined) throw new StatusError('Unauthorized', 'Unauthorized');
      if (!takesJson(request) && request.about?.subresource !== 'log')
        throw new StatusError('NotAcceptable', ONLY_JSON);
      return answer(this.#options, user, request);
    } catch (error) {
      if (error instanceof StatusError) return error;
      return new StatusError('InternalError', `Internal error occurred: ${(error as Error).message}`);
    }
  }

  #failBy(
    fault: Fault,
    call: string,
    request: ApiRequest,
    user: User | undefined,
    response: ServerResponse,
  ): void {
    const status = faultStatus(fault.error);
    const isConnection = fault.error === 'hang' || fault.error === 'reset';
    this.#record(request, user, isConnection ? 0 : status.code);
    if (fault.error === 'hang') {
      // Tells functions in virtual time that this call is parked (sandbox/lambda/containers/runtime/requests.ts).
      response.writeProcessing();
      this.#options.onParked(call);
    } else if (fault.error === 'reset') response.destroy();
    else this.#writeStatus(response, status);
  }

  #writeStatus(response: ServerResponse, error: StatusError): void {
    const retryAfter = error.details?.retryAfterSeconds;
    if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
    writeJson(response, error.code, error.toStatus());
  }

  #write(request: ApiRequest, response: ServerResponse, answered: Answer): void {
    if (answered.kind === 'watch') this.#writeWatch(request, response, answered);
    else if (answered.kind === 'log') writeLog(this.#options.api, this.#options.clock, answered, response);
    else if (answered.kind === 'list') writeJson(response, 200, this.#listBody(request, answered));
    else writeJson(response, answered.code, this.#objectBody(request, answered));
  }

  #objectBody(request: ApiRequest, { of, body }: Extract<Answer, { kind: 'object' }>): object | string {
    const isTable = of !== undefined && wantsTable(request) && request.verb === 'get';
    return isTable ? tableOf(of, [body as KubeObject], this.#options.clock.now(), {}) : body;
  }

  #listBody(request: ApiRequest, { resource, objects, metadata }: Extract<Answer, { kind: 'list' }>): object {
    if (wantsTable(request)) return tableOf(resource, objects, this.#options.clock.now(), metadata);
    return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items: objects };
  }

  #writeWatch(
    request: ApiRequest,
    response: ServerResponse,
    { about, fits }: Extract<Answer, { kind: 'watch' }>,
  ): void {
    const { api, clock } = this.#options;
    const { query } = request;
    const version = query.get('resourceVersion');
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    response.flushHeaders();
    const shown = (object: object): object =>
      wantsTable(request)
        ? tableOf(
            about.resource,
            [object as KubeObject],
            clock.now(),
            (object as KubeObject).metadata as unknown as JsonObject,
          )
        : object;
    const stop = startWatch(
      api.store,
      clock,
      {
        resource: about.resource,
        namespace: about.namespace,
        fits,
        since: version === null || version === '' || version === '0' ? undefined : Number(version),
        bookmarks: query.get('allowWatchBookmarks') === 'true',
        initialEvents: query.get('sendInitialEvents') === 'true',
      },
      ({ type, object }) => {
        const isWhole = type !== 'BOOKMARK' && type !== 'ERROR';
        response.write(`${JSON.stringify({ type, object: isWhole ? shown(object) : object })}\n`);
        if (type === 'ERROR') response.end();
      },
    );
    const seconds = Number(query.get('timeoutSeconds') ?? 0);
    const cancelTimeout =
      seconds > 0 ? clock.schedule(clock.now() + seconds * 1_000, () => response.end()) : () => {};
    response.on('close', () => {
      stop();
      cancelTimeout();
    });
  }

  #record(request: ApiRequest, user: User | undefined, status: number): void {
    const { about, verb } = request;
    this.#options.onRequest({
      verb,
      resource: about === undefined ? request.path : resourceText(request),
      namespace: about?.namespace,
      name: about?.name,
      user: user?.user ?? 'system:anonymous',
      status,
    });
  }
}

/** Serves the API over TLS on 127.0.0.1. Port 0 takes a free one; a taken port is an error that names it. */
export const listen = async (
  options: ListenerOptions,
  { certPem, keyPem }: Certificate,
  port: number,
): Promise<Server> => {
  const listener = new Listener(options);
  const server = createServer({ cert: certPem, key: keyPem }, (incoming, response) => {
    listener.handle(incoming, response).catch((error: Error) => {
      const status = new StatusError('BadRequest', `the request can't be read: ${error.message}`);
      if (response.headersSent) response.destroy();
      else writeJson(response, status.code, status.toStatus());
    });
  });
  // Clients keep connections over spans of virtual time: an idle one must not end by the machine's own time.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`Kubernetes API: port ${port}: ${error.message}`)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return server as unknown as Server;
};

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
