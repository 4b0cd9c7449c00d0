import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { awsDomain } from '../core/partition.ts';

/** The header that binds a token to one cluster; it must be signed (aws-iam-authenticator, pkg/token/token.go). */
const CLUSTER_HEADER = 'x-k8s-aws-id';
/** Convention; the authenticator ignores it. */
const EXPIRES_SECONDS = 60;
/** A token lives 15 minutes from its date; clients renew at 14 (aws-iam-authenticator, pkg/token/token.go). */
const RENEW_AFTER_MS = 14 * 60_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** RFC 3986, as SigV4 asks for: `encodeURIComponent` leaves `!'()*` alone. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`);

const stsHost = (region: string): string => `sts.${region}.${awsDomain(region)}`;

/**
 * The bearer token for an EKS cluster: a presigned `GetCallerIdentity`, which the cluster sends to STS to learn who asks.
 * Signing is offline and needs no permission (AWS Signature Version 4, query parameters).
 */
export const eksToken = (
  { region, cluster }: { region: string; cluster: string },
  credentials: AwsCredentialIdentity,
  now: Date,
): string => {
  const host = stsHost(region);
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/sts/aws4_request`;
  const signedHeaders = `host;${CLUSTER_HEADER}`;
  const query = Object.entries({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(EXPIRES_SECONDS),
    ...(credentials.sessionToken !== undefined && { 'X-Amz-Security-Token': credentials.sessionToken }),
    'X-Amz-SignedHeaders': signedHeaders,
  })
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const headers = `host:${host}\n${CLUSTER_HEADER}:${cluster}\n`;
  const request = ['GET', '/', query, headers, signedHeaders, sha256('')].join('\n');
  const key = [region, 'sts', 'aws4_request'].reduce(hmac, hmac(`AWS4${credentials.secretAccessKey}`, day));
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n')).toString('hex');
  const url = `https://${host}/?${query}&X-Amz-Signature=${signature}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
};

/** Gives a token for the API server; `renew` asks for another one than the last, which was refused. */
export type TokenSource = (options?: { renew?: boolean }) => Promise<string>;

/** Tokens for one cluster, each used for 14 minutes at most and never beyond the credentials' end. */
export const eksTokens = (
  of: { region: string; cluster: string },
  credentials: AwsCredentialIdentityProvider,
  clock: () => Date = () => new Date(),
): TokenSource => {
  let last: { token: string; until: number } | undefined;
  return async ({ renew = false } = {}) => {
    const now = clock();
    if (!renew && last !== undefined && now.getTime() < last.until) return last.token;
    const identity = await credentials();
    const until = Math.min(now.getTime() + RENEW_AFTER_MS, identity.expiration?.getTime() ?? Infinity);
    last = { token: eksToken(of, identity, now), until };
    return last.token;
  };
};
