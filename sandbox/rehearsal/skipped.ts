import { matchesTag } from '../../lambdas/core/spec/tags.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { hasWaited, type Requests } from './observed/requests.ts';
import type { RehearsedRollout } from './result.ts';
import type { TimelineEntry } from './scenario.ts';

/** What asked for a release: an entry of the timeline. */
type Asking = Pick<TimelineEntry, 'at' | 'push' | 'start' | 'template'>;

/** Why the spec lets such an entry start nothing: its event reaches nothing of the product's. Undefined where it does. */
const notTriggered = ({ spec }: LoadedScenario, { push, template }: Asking): string | undefined => {
  const { ecr, template: byTemplate } = spec.trigger;
  if (template !== undefined && !byTemplate)
    return 'a changed pod template starts nothing: trigger.template is false';
  if (push !== undefined && !matchesTag(push, ecr.tags))
    return ecr.tags.length === 0
      ? `a push starts nothing: trigger.ecr.tags is empty`
      : `tag ${push} matches none of ${ecr.tags.join(', ')}`;
  return undefined;
};

/** A request that waited is dropped where the rollout that it waited for has brought the same version. */
const dropped = (reason: string, version: string, at: number, ran: readonly RehearsedRollout[]): string => {
  const before = ran.findLast(({ startedAt }) => startedAt <= at);
  const is = hasWaited(reason) && before?.outcome === 'promoted' && before.version === version;
  return is ? `${reason}; then the primary ran ${version} already` : reason;
};

const neverStarted = (service: string, version: string, at: number, reason: string): RehearsedRollout => ({
  service,
  version,
  execution: null,
  outcome: 'skipped',
  error: null,
  reason,
  startedAt: at,
  endedAt: at,
  weights: [],
  events: [],
  canaryRequests: 0,
  canaryFailures: 0,
  stateTransitions: 0,
  historyEvents: 0,
  lambdaInvocations: 0,
  apiCalls: {},
});

/** An entry that asked for a version, and why it started nothing, if that is said. */
interface Asked {
  readonly version: string;
  readonly at: number;
  readonly said: string | undefined;
  /** Whether a rollout may be its doing. */
  readonly mayHaveStarted: boolean;
}

const askedIn = (loaded: LoadedScenario, requests: Requests): Asked[] => {
  const entries = [...loaded.scenario.timeline]
    .sort((a, b) => a.at - b.at)
    .flatMap((entry) => {
      const version = entry.push ?? entry.start ?? entry.template;
      return version === undefined ? [] : [{ ...entry, version }];
    });
  return entries.map((entry, position) => {
    const { version, at, template } = entry;
    const byTemplate = template !== undefined;
    // What a template asked for has no version where it is answered: the next change of it asks anew.
    const again = entries
      .slice(position + 1)
      .find(
        (later) => later.at > at && (byTemplate ? later.template !== undefined : later.version === version),
      );
    const until = again?.at ?? Number.POSITIVE_INFINITY;
    const idle = notTriggered(loaded, entry);
    return {
      version,
      at,
      said: idle ?? requests.reasonFor(version, at, until, byTemplate),
      mayHaveStarted: idle === undefined && requests.mayHaveStarted(version, at, until, byTemplate),
    };
  });
};

/** Entries of the timeline that asked for a release which started no execution, each with the reason. */
export const skippedOf = (
  loaded: LoadedScenario,
  requests: Requests,
  ran: readonly RehearsedRollout[],
): RehearsedRollout[] => {
  const left = [...ran];
  return askedIn(loaded, requests).flatMap(({ version, at, said, mayHaveStarted }) => {
    const index = mayHaveStarted
      ? left.findIndex((rollout) => rollout.version === version && rollout.startedAt >= at)
      : -1;
    if (index >= 0) {
      left.splice(index, 1);
      return [];
    }
    const reason = said === undefined ? 'nothing has answered by the end' : dropped(said, version, at, ran);
    return [neverStarted(loaded.spec.service, version, at, reason)];
  });
};
