import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { ClusterDirectory } from '../core/ports.ts';
import { fromAws } from './aws-errors.ts';

/** Clusters in EKS. */
export class EksClusters implements ClusterDirectory {
  readonly #client: EKSClient;

  constructor(client: EKSClient) {
    this.#client = client;
  }

  async describe(name: string): ReturnType<ClusterDirectory['describe']> {
    const found = await this.#client.send(new DescribeClusterCommand({ name })).catch((error: Error) => {
      if (error.name === 'ResourceNotFoundException') return undefined;
      return fromAws(`describe the cluster ${name}`)(error);
    });
    const { endpoint, certificateAuthority, accessConfig } = found?.cluster ?? {};
    if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
    return {
      cluster: { name, endpoint, certificateAuthority: certificateAuthority.data },
      accessEntries: accessConfig?.authenticationMode !== 'CONFIG_MAP',
    };
  }
}
