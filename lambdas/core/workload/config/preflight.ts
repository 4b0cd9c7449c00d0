import { isCanaryError } from '../../errors.ts';
import type { Deployment, PodTemplate } from '../objects.ts';
import { type ClusterApi, WriteConflict } from '../ports.ts';
import { type CopyOwner, planCopies, readingCopies, writeCopies } from './copies.ts';
import { namesOf } from './tested.ts';
import { type TrackedConfigs, trackedConfigs } from './tracked.ts';

/** What a rollout will do with configuration: problems, or the template with which the primary will read its copies. */
export interface ConfigFindings {
  readonly problems: readonly string[];
  /** A sentence; empty where nothing is tracked. */
  readonly say: string;
  /** The canary's pod template with the copies' names. */
  readonly template: PodTemplate;
}

const PATH = 'workload.configTracking';

const missingProblems = (
  { missing }: TrackedConfigs,
  canary: Deployment,
  namespace: string,
): readonly string[] =>
  missing.map(
    ({ kind, name }) =>
      `${PATH}: ${canary.metadata.name} reads ${kind} ${name}, which is not in namespace ${namespace}; create it, or mark it optional in the pod template`,
  );

/** Secrets are part of a release where they are named only: what else the pods read is said, and what is named in vain. */
const leftOut = ({ left, unread }: TrackedConfigs): string => {
  const [secret, ...more] = left.filter(({ kind }) => kind === 'Secret');
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const sentences = [
    ...(secret === undefined
      ? []
      : [
          `Secret/${secret.name}${others} not: both sides read the same, unless ${PATH} has secrets: [${secret.name}]`,
        ]),
    ...(unread.length === 0 ? [] : [`${PATH} names ${unread.join(', ')}, which no pod reads`]),
  ];
  return sentences.join('; ');
};

/** What cannot be read or written is a problem, with the way out; only a cluster that is away is not. */
const problemOf = (error: unknown): string => {
  if (error instanceof WriteConflict) return `${PATH}: ${error.message}`;
  if (!isCanaryError(error) || error.name === 'Canary.Transient') throw error;
  const narrow =
    error.name === 'Canary.AccessDenied' ? `; or name what is to be tracked, or set ${PATH}: false` : '';
  return `${PATH}: ${error.message}${narrow}`;
};

/**
 * Reads what the canary's pods will read, and asks the API server whether it would take the copies for the primary. Throws
 * Canary.Transient when the cluster does not answer.
 */
export const preflightConfigs = async (
  api: ClusterApi,
  owner: CopyOwner,
  { primary, canary }: { readonly primary: Deployment; readonly canary: Deployment },
): Promise<ConfigFindings> => {
  const { spec } = owner.rollout;
  const { template } = canary.spec;
  try {
    const found = await trackedConfigs(api, spec, template);
    const missing = missingProblems(found, canary, spec.workload.namespace);
    if (missing.length > 0 || found.tracked.length === 0)
      return { problems: missing, say: leftOut(found), template };
    const copies = await planCopies(api, owner, found.tracked, { primary, canary: template });
    await writeCopies(api, owner, copies, primary, { dryRun: true });
    const say = `${namesOf(found.tracked)} ${found.tracked.length === 1 ? 'is' : 'are'} part of the release`;
    const whole = [say, leftOut(found)].filter((sentence) => sentence !== '').join('; ');
    return { problems: [], say: whole, template: readingCopies(template, copies) };
  } catch (error) {
    return { problems: [problemOf(error)], say: '', template };
  }
};
