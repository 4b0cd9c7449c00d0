/** How a Prometheus by its URL lets a reader in: with a secret's token or password, and headers. */
import { CanaryError, ErrorName } from '../../core/errors.ts';
import { SECRET } from '../../core/spec/hooks.ts';
import type { PrometheusServer } from '../../core/spec/source.ts';
import type { Authorise } from './client.ts';

/** Reads a secret's text by its name. */
export type SecretReader = (name: string) => Promise<string>;

type Server = Pick<PrometheusServer, 'auth' | 'headers'>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a header can hold; anything else would fail with the secret in the error's text. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * The Authorization header that a secret stands for: a token as text or `{"token": …}`, or `{"username": …, "password": …}`
 * (RFC 6750 and 7617). No error holds any of it.
 */
export const authorisationOf = (name: string, text: string): string => {
  const block = parsed(text);
  const { token, username, password } = (typeof block === 'object' && block !== null ? block : {}) as Record<
    string,
    unknown
  >;
  if (typeof username === 'string' && typeof password === 'string')
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const bearer = typeof token === 'string' ? token.trim() : text.trim();
  if (!PRINTABLE.test(bearer) || (bearer.startsWith('{') && typeof token !== 'string'))
    throw new CanaryError(
      ErrorName.InvalidInput,
      `the secret "${name}" must hold a bearer token, as text or {"token": "…"}, or {"username": "…", "password": "…"}, it holds something else`,
    );
  return `Bearer ${bearer}`;
};

/** The headers for one client: its secrets are read with its first query, once. */
export const letIn = ({ auth, headers = {} }: Server, secret: SecretReader): Authorise => {
  const read = async (): Promise<Record<string, string>> => {
    const sent = await Promise.all(
      Object.entries(headers).map(async ([name, value]) => {
        const named = SECRET.exec(value)?.[1];
        return [name.toLowerCase(), named === undefined ? value : (await secret(named)).trim()] as const;
      }),
    );
    const authorization = auth && authorisationOf(auth.secret, await secret(auth.secret));
    return { ...Object.fromEntries(sent), ...(authorization && { authorization }) };
  };
  let pending: ReturnType<typeof read> | undefined;
  return () => {
    pending ??= read();
    return pending;
  };
};

/** What to do where a server answers 401 or 403. */
export const letInFix = ({ auth, headers = {} }: Server, status: number): string => {
  if (auth !== undefined)
    return status === 401
      ? `the secret "${auth.secret}" does not hold what it wants: correct the token, or user name and password`
      : `it knows whom the secret "${auth.secret}" stands for and lets them read nothing: allow that, or name another secret in auth`;
  return Object.keys(headers).length === 0
    ? 'it wants credentials: name a secret that holds them in auth: { secret: NAME }'
    : `what is sent in ${Object.keys(headers).join(', ')} is not enough: correct it, or name a secret in auth`;
};
