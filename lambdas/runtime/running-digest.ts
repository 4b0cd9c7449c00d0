import { callFunction } from '../adapters/functions.ts';
import type { DeployedService } from '../adapters/spec-parameters.ts';
import { ErrorName, isCanaryError } from '../core/errors.ts';
import type { ClusterDirectory } from '../core/ports.ts';
import type { ReadWorkloadResult, ReadWorkloadTask } from '../core/tasks.ts';
import { calling } from './calling.ts';
import { environment } from './environment.ts';
import { clusterDirectory } from './ports.ts';

/** `read-workload` has 60 s, and so has who calls it: what is left is enough to say that it did not answer. */
const READ_SECONDS = 50;

/** What is asked, for tests. */
export interface DigestPorts {
  readonly clusters: ClusterDirectory;
  readonly readWorkload: (question: ReadWorkloadTask) => Promise<ReadWorkloadResult>;
}

/**
 * The digest that the service's primary runs; undefined where no cluster, no access or no Deployment can tell, which the
 * preflight says in words. Any other error is thrown, and the event comes again: a guess would release what runs already.
 */
export const digestBy =
  ({ clusters, readWorkload }: DigestPorts) =>
  async (service: DeployedService): Promise<string | undefined> => {
    try {
      const found = await clusters.describe(service.target.cluster);
      if (found === undefined) return undefined;
      return (await readWorkload({ input: service, cluster: found.cluster })).digest;
    } catch (error) {
      if (isCanaryError(error, ErrorName.AccessDenied, ErrorName.Refused)) return undefined;
      throw error;
    }
  };

/** The same, of AWS. */
export const runningDigest = (service: DeployedService): Promise<string | undefined> =>
  digestBy({
    clusters: clusterDirectory(service, 'start-rollout'),
    readWorkload: (question) =>
      callFunction(environment('READ_WORKLOAD_FUNCTION'), question, calling(READ_SECONDS)),
  })(service);
