import { CanaryError, ErrorName } from '../errors.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { MatchCapacityResult, MatchCapacityTask, PodsWatch } from '../tasks.ts';
import { plural } from '../words.ts';
import { growCanary } from './canary.ts';
import { podsFor } from './capacity.ts';
import { configsUnderTest, supersededBy } from './config/tested.ts';
import { holdFloor } from './floor.ts';
import type { Deployment } from './objects.ts';
import { pollPods } from './poll.ts';
import type { ClusterApi } from './ports.ts';
import { watchAgain } from './watch.ts';

const available = ({ status }: Deployment): number => status?.availableReplicas ?? 0;

/** The canary's template is looked at each minute: by then the newer release waits, and this one is told to make room. */
const NEWER_COMES_MS = 120_000;

/**
 * The configuration is no more what is tested. Where the newer one takes this rollout's place by itself, its weight stays
 * until that is heard; else, and after two minutes, Canary.PodsFailed.
 */
const makingRoom = (
  { onNewer, trigger, workload }: RolloutSpec,
  changed: string,
  pods: PodsWatch,
  now: string,
): MatchCapacityResult => {
  const { changedAt = now } = pods;
  const comes = onNewer === 'supersede' && trigger.template;
  if (!comes || Date.parse(now) - Date.parse(changedAt) >= NEWER_COMES_MS) throw supersededBy(changed);
  const say = `${workload.canary} gets no more traffic: ${changed}, and the newer release is about to take its place`;
  return { say, events: [], ready: false, pods: { ...pods, changedAt } };
};

/**
 * Holds the primary's floor, sees that the canary has the pods for a weight, and looks whether all of them are ready.
 * A wait that begins here gets a deadline of its own.
 */
export const matchCanary = async (
  api: ClusterApi,
  { rollout, generation, floor, weight, pods, now }: MatchCapacityTask,
): Promise<MatchCapacityResult> => {
  const { spec } = rollout;
  const { primary, canary: name } = spec.workload;
  const autoscalers = await api.autoscalers();
  const { raised, replicas } = await holdFloor(api, primary, floor, autoscalers);
  const needed = podsFor(spec, replicas, weight);
  const { canary, grew } = await growCanary(api, { rollout, generation }, needed, autoscalers);
  const { changed } = await configsUnderTest(api, spec, canary);
  if (changed !== undefined) return makingRoom(spec, changed, pods, now);
  // Replicas that an autoscaler is yet to ask for: the wait for it goes on, with its deadline.
  const lagging = !grew && (canary.spec.replicas ?? 1) < needed;
  if (lagging && Date.parse(now) > Date.parse(pods.deadlineAt)) {
    const message = `the autoscaler of ${name} has not scaled it to the ${needed} pods that ${weight} % of the traffic need`;
    throw new CanaryError(ErrorName.PodsFailed, message);
  }
  const wasReady = pods.okStreak > 1 && !lagging;
  const found = await pollPods(api, {
    spec,
    side: 'canary',
    pods: grew || wasReady ? { ...watchAgain(pods, canary, now), ...(!grew && kept(pods)) } : pods,
    now,
    found: canary,
  });
  const ready = !grew && found.state === 'ready' && available(canary) >= needed;
  const count = `${available(canary)} of ${plural(needed, 'pod')}`;
  const floorSaid = raised ? `; ${primary} was below its floor and is back at ${floor}` : '';
  return {
    say: `${name} has ${count} for ${weight} % of the traffic${ready ? '' : ', waiting'}${floorSaid}`,
    events: found.events,
    ready,
    pods: found.watch,
  };
};

/** A watch that was ready keeps its streak, so that one more good look is enough. */
const kept = ({ okStreak, okSince }: MatchCapacityTask['pods']) => ({
  okStreak,
  ...(okSince !== undefined && { okSince }),
});
