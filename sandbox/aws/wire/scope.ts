import type { Request } from './wire.ts';

/** What a SigV4 signature says of its request; the signature itself is not checked. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The service's signing name: `monitoring`, `appmesh`. */
  readonly service: string;
}

/** The credential scope of a request: `AKID/20261121/eu-west-1/appmesh/aws4_request`, in its header or its URL. */
export function scopeOf({ headers, query }: Request): Scope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? '';
  const [accessKeyId, , region, service] = credential.split('/');
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined;
}
