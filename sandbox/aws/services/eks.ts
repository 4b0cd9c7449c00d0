import { accessEntryArn, arnOf } from '../names.ts';
import { AwsError, type Behaviours, type Call } from '../service.ts';
import { pageOf } from './paging.ts';
import { PerPlace, type Place } from './place.ts';

/** Who may enter a cluster: access entries, the `aws-auth` ConfigMap, or both. */
export type AuthenticationMode = 'API' | 'API_AND_CONFIG_MAP' | 'CONFIG_MAP';

/** A cluster of the sandbox. */
export interface Cluster {
  readonly name: string;
  /** `https://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** The API server's CA, PEM in base64. */
  readonly certificateAuthority: string;
  /** @default CONFIG_MAP, as for clusters made by the API or CloudFormation */
  readonly authenticationMode?: AuthenticationMode;
  readonly version?: string;
  /** Epoch milliseconds. */
  readonly createdAt?: number;
}

/** A principal's way into a cluster. */
export interface AccessEntry {
  readonly clusterName: string;
  readonly principalArn: string;
  readonly kubernetesGroups: readonly string[];
  readonly username: string;
  readonly type: string;
  readonly accessEntryArn: string;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

const PAGE = 100;

/** EKS clusters and their access entries, per account and region. */
export class ClusterStore {
  readonly #clusters = new PerPlace(
    () => new Map<string, { cluster: Cluster; entries: Map<string, AccessEntry> }>(),
  );

  put(place: Place, cluster: Cluster): void {
    const entries = this.#clusters.at(place).get(cluster.name)?.entries ?? new Map<string, AccessEntry>();
    this.#clusters.at(place).set(cluster.name, { cluster, entries });
  }

  get(place: Place, name: string): Cluster | undefined {
    return this.#clusters.at(place).get(name)?.cluster;
  }

  names(place: Place): readonly string[] {
    return [...this.#clusters.at(place).keys()].sort();
  }

  /** The access entries of a cluster by principal; undefined when there is no such cluster. */
  entries(place: Place, cluster: string): Map<string, AccessEntry> | undefined {
    return this.#clusters.at(place).get(cluster)?.entries;
  }

  /** Creates or replaces an access entry. `at` is epoch milliseconds. */
  putEntry(
    place: Place,
    cluster: string,
    principalArn: string,
    {
      kubernetesGroups = [],
      username,
      type = 'STANDARD',
    }: Partial<Pick<AccessEntry, 'kubernetesGroups' | 'username' | 'type'>>,
    at: number,
  ): AccessEntry {
    const entries = this.entries(place, cluster);
    if (entries === undefined) throw noCluster(cluster);
    const entry: AccessEntry = {
      clusterName: cluster,
      principalArn,
      kubernetesGroups,
      username: username ?? defaultUsername(principalArn),
      type,
      accessEntryArn: accessEntryArn(place.region, place.account, cluster, principalArn),
      createdAt: entries.get(principalArn)?.createdAt ?? new Date(at),
      modifiedAt: new Date(at),
    };
    entries.set(principalArn, entry);
    return entry;
  }
}

const noCluster = (name: string) =>
  new AwsError('ResourceNotFoundException', `No cluster found for name: ${name}.`);

/** EKS names a role's sessions after the assumed role with the session's name in place (EKS guide, "Create access entries"). */
const defaultUsername = (principalArn: string): string => {
  const [, , , , account, resource = ''] = principalArn.split(':');
  if (!resource.startsWith('role/')) return principalArn;
  return `arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/{{SessionName}}`;
};

const describe = (cluster: Cluster, { region, account }: Place) => ({
  name: cluster.name,
  arn: arnOf('eks', region, account, `cluster/${cluster.name}`),
  createdAt: new Date(cluster.createdAt ?? 0),
  version: cluster.version ?? '1.34',
  endpoint: cluster.endpoint,
  certificateAuthority: { data: cluster.certificateAuthority },
  accessConfig: { authenticationMode: cluster.authenticationMode ?? 'CONFIG_MAP' },
  status: 'ACTIVE',
});

/** Amazon EKS: clusters that are there, and who may enter them. */
export function eks(store: ClusterStore): Behaviours {
  const cluster = (name: string, call: Call): Cluster => {
    const found = store.get(call, name);
    if (found === undefined) throw noCluster(name);
    return found;
  };
  /** Access entries work only in the modes that know them. */
  const entriesOf = (name: string, call: Call): Map<string, AccessEntry> => {
    if ((cluster(name, call).authenticationMode ?? 'CONFIG_MAP') === 'CONFIG_MAP') {
      const message =
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.";
      throw new AwsError('InvalidRequestException', message);
    }
    return store.entries(call, name) ?? new Map();
  };
  const entry = (name: string, principalArn: string, call: Call): AccessEntry => {
    const found = entriesOf(name, call).get(principalArn);
    if (found !== undefined) return found;
    const message = `The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`;
    throw new AwsError('ResourceNotFoundException', message);
  };
  const page = <T>(
    all: readonly T[],
    { maxResults = PAGE, nextToken }: { maxResults?: number; nextToken?: string },
  ) => pageOf(all, { size: maxResults, token: nextToken, invalid: 'InvalidParameterException' });
  const next = (token: string | undefined) => (token === undefined ? {} : { nextToken: token });

  return {
    DescribeCluster: ({ name }, call) => ({ cluster: describe(cluster(name, call), call) }),
    ListClusters(input, call) {
      const { items, next: token } = page(store.names(call), input);
      return { clusters: items, ...next(token) };
    },
    CreateAccessEntry({ clusterName, principalArn, ...rest }, call) {
      if (entriesOf(clusterName, call).has(principalArn))
        throw new AwsError(
          'ResourceInUseException',
          'The specified access entry resource is already in use on this cluster.',
        );
      return { accessEntry: store.putEntry(call, clusterName, principalArn, rest, call.now) };
    },
    DescribeAccessEntry: ({ clusterName, principalArn }, call) => ({
      accessEntry: entry(clusterName, principalArn, call),
    }),
    UpdateAccessEntry({ clusterName, principalArn, kubernetesGroups, username }, call) {
      const before = entry(clusterName, principalArn, call);
      const changed = {
        ...before,
        ...(kubernetesGroups !== undefined && { kubernetesGroups }),
        ...(username !== undefined && { username }),
      };
      return { accessEntry: store.putEntry(call, clusterName, principalArn, changed, call.now) };
    },
    DeleteAccessEntry({ clusterName, principalArn }, call) {
      entry(clusterName, principalArn, call);
      entriesOf(clusterName, call).delete(principalArn);
      return {};
    },
    ListAccessEntries(input, call) {
      const { items, next: token } = page([...entriesOf(input.clusterName, call).keys()].sort(), input);
      return { accessEntries: items, ...next(token) };
    },
  };
}
