import type { Side } from '../rollout.ts';
import type { AnalysisState, AnnounceTask } from '../tasks.ts';
import { count, percentOf } from '../words.ts';
import type { Story } from './story.ts';

const DIGEST_CHARACTERS = 'sha256:'.length + 8;

const counted = ({ requests, failures }: AnalysisState['canary']): string =>
  requests === 0
    ? 'no requests measured'
    : `${count(requests)} requests, ${count(failures)} failed (${percentOf(failures, requests)})`;

const promoted = ({ rollout: { spec, release } }: AnnounceTask): string =>
  `${spec.workload.primary}, now ${release.tag}, with all traffic`;

const SERVING: Readonly<Record<AnnounceTask['announcement'], (task: AnnounceTask, safe: Side) => string>> = {
  start: ({ rollout: { spec } }) => `${spec.workload.primary}, the version before, with all traffic`,
  ask: ({ rollout: { spec }, weight }) =>
    `${spec.workload.primary} with ${100 - weight} %, the canary with ${weight} %`,
  promoted,
  promotedUnhealthy: promoted,
  rolledBack: ({ rollout: { spec } }) => `${spec.workload.primary}, the version before, with all traffic`,
  refused: ({ rollout: { spec } }) => `${spec.workload.primary}, as before`,
  promotionFailed: ({ rollout: { spec, release } }) =>
    `${spec.workload.canary} (the canary, ${release.tag}) with all traffic`,
  needsRescue: ({ rollout: { spec } }, safe) =>
    `not known: the route does not give ${spec.workload[safe]} all traffic yet`,
  retireFailed: (task, safe) =>
    task.outcome === 'promoted' ? promoted(task) : SERVING.rolledBack(task, safe),
};

/** What people ask first: which release, how far it got, how many requests failed, what serves now. */
export const factsOf = (task: AnnounceTask, safe: Side): Story['facts'] => {
  const { rollout, weight, analysis, announcement } = task;
  const { release, spec, target } = rollout;
  const facts = [
    {
      name: 'Release',
      value: `${release.repository}:${release.tag} (${release.digest.slice(0, DIGEST_CHARACTERS)})`,
    },
    { name: 'Where', value: `${spec.workload.namespace} in ${target.cluster}, ${target.region}` },
  ];
  if (announcement !== 'start' && announcement !== 'refused' && announcement !== 'retireFailed')
    facts.push({ name: 'Reached', value: `${weight} % of the traffic` });
  if (analysis) {
    facts.push(
      { name: 'Canary', value: counted(analysis.canary) },
      { name: 'Primary', value: counted(analysis.primary) },
      {
        name: 'Checks',
        value: `${analysis.failedChecks} failed, ${spec.analysis.threshold} would roll back`,
      },
      { name: "Users' requests that the canary failed", value: count(analysis.canary.failures) },
    );
  }
  facts.push({ name: 'Serving now', value: SERVING[announcement](task, safe) });
  return facts;
};
