import type { IamStore } from '../aws/iam/store.ts';
import type { ClusterStore } from '../aws/services/eks.ts';
import type { Place } from '../aws/services/place.ts';
import type { User } from '../kubernetes/server.ts';

const PREFIX = 'k8s-aws-v1.';
/** A token is good for 15 minutes from its signing, whatever X-Amz-Expires says (aws-iam-authenticator, pkg/token). */
const TOKEN_LIFE_MS = 15 * 60_000;

export interface ClusterLoginOptions {
  readonly iam: IamStore;
  readonly clusters: ClusterStore;
  /** Where the clusters are that this API server stands for. */
  readonly home: Place;
  /** The owner's token, as it stands in the kubeconfig. */
  readonly ownerToken: string;
  /** Epoch milliseconds of the clock that the tokens are signed by. */
  readonly now: () => number;
}

interface Signed {
  readonly accessKeyId: string;
  /** Epoch milliseconds. */
  readonly signedAt: number;
}

/** The presigned GetCallerIdentity request inside an EKS token; undefined for anything else. */
const readToken = (token: string): Signed | undefined => {
  if (!token.startsWith(PREFIX)) return undefined;
  const text = Buffer.from(token.slice(PREFIX.length), 'base64url').toString('utf8');
  const { hostname, searchParams: query } = URL.parse(text) ?? new URL('http://nowhere');
  const [accessKeyId] = (query.get('X-Amz-Credential') ?? '').split('/');
  const [, ...time] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = time.map(Number);
  const isIdentity = query.get('Action') === 'GetCallerIdentity' && /^sts\./.test(hostname);
  if (!isIdentity || !accessKeyId || time.length === 0) return undefined;
  return { accessKeyId, signedAt: Date.UTC(year, month - 1, day, hour, minute, second) };
};

/**
 * Who a bearer token stands for, as on EKS: the token names an access key, the key a role's session, and the cluster's
 * access entry for the role gives user name and groups. Undefined is answered 401: no token, an old one, no entry.
 */
export const clusterLogin =
  ({ iam, clusters, home, ownerToken, now }: ClusterLoginOptions) =>
  (token: string | undefined): User | undefined => {
    const masters: User = { user: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
    if (token === undefined) return undefined;
    if (token === ownerToken) return masters;
    const signed = readToken(token);
    if (signed === undefined || Math.abs(now() - signed.signedAt) > TOKEN_LIFE_MS) return undefined;
    const { roleArn, sessionName = '' } = iam.resolve(signed.accessKeyId);
    // Whoever made the cluster is its administrator.
    if (roleArn === undefined) return masters;
    const entry = clusters
      .names(home)
      .flatMap((name) => clusters.entries(home, name)?.get(roleArn) ?? [])
      .at(0);
    if (entry === undefined) return undefined;
    return {
      user: entry.username.replace('{{SessionName}}', sessionName),
      groups: [...entry.kubernetesGroups, 'system:authenticated'],
    };
  };
