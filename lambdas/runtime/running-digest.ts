import { callFunction } from '../adapters/functions.ts';
import type { DeployedService } from '../adapters/spec-parameters.ts';
import { ErrorName, isCanaryError } from '../core/errors.ts';
import type { ClusterDirectory } from '../core/ports.ts';
import type { ReadWorkloadResult, ReadWorkloadTask } from '../core/read-workload.ts';
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
 * What the service's workload runs; undefined where no cluster, no access or no Deployment can tell, which the
 * preflight says in words. Any other error is thrown, and the event comes again: a guess would release what runs already.
 */
export const workloadBy =
  ({ clusters, readWorkload }: DigestPorts) =>
  async (service: DeployedService): Promise<ReadWorkloadResult | undefined> => {
    try {
      const found = await clusters.describe(service.target.cluster);
      if (found === undefined) return undefined;
      return await readWorkload({ input: service, cluster: found.cluster });
    } catch (error) {
      if (isCanaryError(error, ErrorName.AccessDenied, ErrorName.Refused)) return undefined;
      throw error;
    }
  };

/** The digest that its primary runs, likewise. */
export const digestBy =
  (ports: DigestPorts) =>
  async (service: DeployedService): Promise<string | undefined> =>
    (await workloadBy(ports)(service))?.digest;

const ofAws = (service: DeployedService): DigestPorts => ({
  clusters: clusterDirectory(service, 'start-rollout'),
  readWorkload: (question) =>
    callFunction(environment('READ_WORKLOAD_FUNCTION'), question, calling(READ_SECONDS)),
});

/** The same, of AWS. */
export const runningWorkload = (service: DeployedService) => workloadBy(ofAws(service))(service);
export const runningDigest = (service: DeployedService) => digestBy(ofAws(service))(service);
