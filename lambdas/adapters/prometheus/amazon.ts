import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider, Checksum, SourceData } from '@smithy/types';
import { awsDomain } from '../../core/partition.ts';
import type { PrometheusServer } from '../../core/spec/source.ts';
import { type Authorise, PrometheusClient } from './client.ts';
import { letIn, letInFix, type SecretReader } from './let-in.ts';
import { overHttp } from './transport.ts';

/** SHA-256 as the signer wants it. */
class Sha256 implements Checksum {
  readonly #secret: SourceData | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.#secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#fresh();
  }
}

const bytes = (data: SourceData): Uint8Array | string => {
  if (typeof data === 'string' || data instanceof Uint8Array) return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
};

/** As the SDK's clients find another endpoint than AWS's own. */
const endpointOf = (region: string): string =>
  process.env.AWS_ENDPOINT_URL_AMP ??
  process.env.AWS_ENDPOINT_URL ??
  `https://aps-workspaces.${region}.${awsDomain(region)}`;

/** Queries go out side by side; the first asks for credentials, and the others wait for the same. */
const asked = (credentials: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider => {
  let pending: ReturnType<AwsCredentialIdentityProvider> | undefined;
  return () => {
    pending ??= credentials().finally(() => {
      pending = undefined;
    });
    return pending;
  };
};

/** Signs with SigV4 for the service `aps`, at the machine's clock. */
const signed = (region: string, credentials: AwsCredentialIdentityProvider): Authorise => {
  const signer = new SignatureV4({ service: 'aps', region, credentials: asked(credentials), sha256: Sha256 });
  return async (url) => {
    const { headers } = await signer.sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    });
    const { host: _set, ...rest } = headers;
    return rest;
  };
};

/** Whoever reads, and from where. */
export interface Reader {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** Reads a secret of the region; needed where a server by its URL has one. */
  readonly secret: SecretReader;
  /** Another endpoint than AWS's own; default: as the environment says. */
  readonly endpoint?: string;
}

/**
 * A workspace of Amazon Managed Service for Prometheus, read with SigV4 (user guide, "Prometheus-compatible APIs": it
 * needs aps:QueryMetrics), or any Prometheus by its URL, let in as the spec says.
 */
export const prometheusClient = (
  server: Omit<PrometheusServer, 'delay'>,
  { region, credentials, secret, endpoint = endpointOf(region) }: Reader,
): PrometheusClient => {
  const { workspace, url = '', ca } = server;
  return workspace === undefined
    ? new PrometheusClient(url, {
        authorise: letIn(server, secret),
        refused: (status) => letInFix(server, status),
        send: overHttp(ca),
      })
    : new PrometheusClient(`${endpoint}/workspaces/${workspace}`, {
        authorise: signed(region, credentials),
        refused: () => `allow aps:QueryMetrics on the workspace ${workspace}`,
      });
};
