import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

type Answered = (response: IncomingMessage) => void;
type Request = (...args: unknown[]) => ClientRequest;

/** This machine: the sandbox's own servers. */
const HERE = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

interface Parts {
  readonly url: URL;
  readonly options: RequestOptions;
  readonly answered: Answered | undefined;
}

/** The three ways in which `http.request` is called, as one. */
const partsOf = (protocol: string, args: readonly unknown[]): Parts => {
  const [first] = args;
  const given = typeof first === 'string' || first instanceof URL ? new URL(first) : undefined;
  const options = ((given === undefined ? first : args[1]) ?? {}) as RequestOptions;
  const answered = args.find((arg) => typeof arg === 'function') as Answered | undefined;
  const host = options.hostname ?? options.host ?? 'localhost';
  const port = options.port == null ? '' : `:${options.port}`;
  return { url: given ?? new URL(`${protocol}//${host}${port}${options.path ?? '/'}`), options, answered };
};

/** As `request`, but what would leave this machine goes to `outside`, which is told where it was meant to go. */
const redirecting =
  (protocol: string, request: Request, outside: URL): Request =>
  (...args) => {
    const { url, options, answered } = partsOf(protocol, args);
    if (HERE.test(url.hostname)) return request(...args);
    const { method, headers } = options;
    return http.request(
      outside,
      { method, agent: false, headers: { ...(headers as object), 'sandbox-url': url.href } },
      answered,
    );
  };

/** Node's `http` and `https` for code that must not leave the sandbox. */
export const insideOnly = (outside: string): { http: typeof http; https: typeof https } => {
  const to = new URL(outside);
  const of = <Module extends object>(module: Module, protocol: string, request: Request): Module => {
    const redirected = redirecting(protocol, request, to);
    const get: Request = (...args) => {
      const sent = redirected(...args);
      sent.end();
      return sent;
    };
    return { ...module, request: redirected, get };
  };
  return {
    http: of(http, 'http:', http.request as Request),
    https: of(https, 'https:', https.request as Request),
  };
};
