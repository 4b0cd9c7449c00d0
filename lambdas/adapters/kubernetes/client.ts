import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import { type Patch, WriteConflict } from '../../core/workload/ports.ts';
import type { TokenSource } from '../eks-token.ts';

/** One call; a Lambda that writes has 30 s for all of its calls. */
const TIMEOUT_MS = 10_000;
/** A connection serves the calls of one invocation, which follow at once. */
const IDLE_MS = 5_000;
/** Owner of every field that we write. */
export const FIELD_MANAGER = 'stepcanary';

const CONTENT_TYPES: Readonly<Record<Patch['type'], string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** The API server of one cluster. */
export interface ApiServer {
  /** `https://…` */
  readonly endpoint: string;
  /** PEM, base64. */
  readonly certificateAuthority: string;
  readonly token: TokenSource;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}
interface Call {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** The object that was asked for is not there. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

const textOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** The sentence in a Kubernetes `Status`, or the start of whatever else was answered. */
const messageOf = (body: string): string => {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // A proxy's or load balancer's answer: its text says more than nothing.
  }
  return body.slice(0, 300) || 'no message';
};

const failureOf = ({ method, path }: Call, { status, body }: Answer): Error => {
  const message = messageOf(body);
  const call = `${method} ${path}`;
  if (status === 404) return new NotFound(message);
  if (status === 409) return new WriteConflict(message);
  if (status === 401) {
    const fix = `give the service's role an access entry in the cluster (its service stack has one)`;
    return new CanaryError(ErrorName.AccessDenied, `the cluster does not know the service's role; ${fix}`);
  }
  if (status === 403 && !/admission webhook|ValidatingAdmissionPolicy/.test(message)) {
    const fix = `apply the service's Role, RoleBinding and admission policy (SERVICE@TARGET.yaml, written by npm run synth), and see that its access entry has the group stepcanary:NAMESPACE:SERVICE`;
    return new CanaryError(ErrorName.AccessDenied, `${message}; ${fix}`);
  }
  if (status === 429 || status >= 500)
    return new CanaryError(ErrorName.Transient, `the API server answered ${status} to ${call}: ${message}`);
  return new CanaryError(ErrorName.Refused, `the API server refuses ${call}: ${message}`);
};

/** A small client for the Kubernetes API: JSON over HTTPS with the cluster's own CA. */
export class KubernetesClient {
  readonly #server: ApiServer;
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor(server: ApiServer, { timeoutMs = TIMEOUT_MS } = {}) {
    this.#server = server;
    this.#timeoutMs = timeoutMs;
    const ca = Buffer.from(server.certificateAuthority, 'base64').toString();
    this.#agent = new Agent({ ca, keepAlive: true, timeout: IDLE_MS });
  }

  /** Throws NotFound, Canary.AccessDenied, Canary.Transient. */
  get<T>(path: string): Promise<T> {
    return this.#answer<T>({ method: 'GET', path });
  }

  /** All items, page by page. */
  async list<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const items: T[] = [];
    let next: string | undefined;
    do {
      const search = new URLSearchParams({ ...query, limit: '500', ...(next && { continue: next }) });
      const page = await this.get<{ items?: T[]; metadata?: { continue?: string } }>(`${path}?${search}`);
      items.push(...(page.items ?? []));
      next = page.metadata?.continue || undefined;
    } while (next !== undefined);
    return items;
  }

  /** Throws WriteConflict when the resourceVersion in the patch is an old one; Canary.Refused when it is not taken at all. */
  patch<T>(path: string, patch: Patch, { dryRun = false, force = false } = {}): Promise<T> {
    const query = `fieldManager=${FIELD_MANAGER}${dryRun ? '&dryRun=All' : ''}${force ? '&force=true' : ''}`;
    return this.#answer<T>({
      method: 'PATCH',
      path: `${path}?${query}`,
      contentType: CONTENT_TYPES[patch.type],
      body: JSON.stringify(patch.body),
    });
  }

  async #answer<T>(call: Call): Promise<T> {
    let answer = await this.#send(call, await this.#server.token());
    if (answer.status === 401) answer = await this.#send(call, await this.#server.token({ renew: true }));
    if (answer.status >= 300) throw failureOf(call, answer);
    return JSON.parse(answer.body) as T;
  }

  #send({ method, path, contentType, body }: Call, token: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#server.endpoint}${path}`, {
        method,
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(contentType !== undefined && { 'content-type': contentType }),
        },
      });
      const timer = setTimeout(
        () => sent.destroy(new Error(`no answer within ${this.#timeoutMs / 1000} s`)),
        this.#timeoutMs,
      );
      const fail = (error: Error) => {
        clearTimeout(timer);
        const message = `could not reach the API server for ${method} ${path}: ${error.message}`;
        reject(new CanaryError(ErrorName.Transient, message, { cause: error }));
      };
      sent.on('error', fail);
      sent.on('response', (response) => {
        textOf(response).then((text) => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body: text });
        }, fail);
      });
      sent.end(body);
    });
  }
}
