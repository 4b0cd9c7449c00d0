import type { Side } from '../rollout.ts';
import { DEFAULT_ALPHA } from '../spec/analysis.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { abOf } from '../spec/strategy.ts';
import type { AdvisoryState, AnalysisState, AnnounceTask, Decision } from '../tasks.ts';
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
    abOf(spec) === undefined
      ? `${spec.workload.primary} with ${100 - weight} %, the canary with ${weight} %`
      : `the canary with ${weight} % of the requests that match, ${spec.workload.primary} with all others`,
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

/** Past this nobody tells evidence apart any more; it can have three hundred digits. */
const MOST_TOLD = 1_000_000;
const strength = (evidence: number): string =>
  evidence > MOST_TOLD
    ? `over ${count(MOST_TOLD)}`
    : evidence.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** How far the judge was from rolling back, in its own terms, and what the other one says beside it. */
const judged = (analysis: AnalysisState, { analysis: settings }: RolloutSpec): Story['facts'] => {
  const { failedChecks, sequential, advisory } = analysis;
  const checks = `${failedChecks} failed, ${settings.threshold} would roll back`;
  const limit = Math.round(1 / (settings.sequential?.alpha ?? DEFAULT_ALPHA));
  return [
    sequential === undefined
      ? { name: 'Checks', value: checks }
      : {
          name: 'Evidence of harm',
          value: `${strength(sequential.state.evidence)}, ${limit} rolls back`,
        },
    ...(sequential?.state.comparison === undefined
      ? []
      : [
          {
            name: 'Compared with the primary, advising only',
            value: strength(sequential.state.comparison),
          },
        ]),
    ...(advisory === undefined
      ? []
      : [{ name: `Judge ${advisory.judge}, advising only`, value: advice(advisory) }]),
  ];
};

const WOULD: Readonly<Partial<Record<Decision, string>>> = {
  promote: 'would have promoted',
  rollBack: 'would have rolled back',
};

const advice = ({ decided, says }: AdvisoryState): string =>
  decided === undefined
    ? `undecided, would ${says?.decision === 'advance' ? `go on to ${says.weight} %` : 'stay'}`
    : `${WOULD[decided.decision]} at ${decided.weight} % (${decided.at.slice(11, 16)} UTC): ${decided.say}`;

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
    facts.push({
      name: 'Reached',
      value: `${weight} % of the ${abOf(spec) === undefined ? 'traffic' : 'requests that match'}`,
    });
  if (analysis) {
    facts.push(
      { name: 'Canary', value: counted(analysis.canary) },
      { name: 'Primary', value: counted(analysis.primary) },
      ...judged(analysis, spec),
      { name: "Users' requests that the canary failed", value: count(analysis.canary.failures) },
    );
  }
  facts.push({ name: 'Serving now', value: SERVING[announcement](task, safe) });
  return facts;
};
