import { formatDuration } from './spec/duration.ts';
import type { RolloutSpec } from './spec/schema.ts';
import { sourceTiming } from './spec/source.ts';
import { blueGreenOf, courseOf, iterationsOf } from './spec/strategy.ts';

type PlanSpec = Pick<RolloutSpec, 'strategy' | 'analysis' | 'router' | 'gates'>;

/** An unanswered question to a person rolls back after a day. */
export const ASKING_SECONDS = 86_400;

/** One execution has at most 25,000 history events (Step Functions quota). */
const HISTORY_EVENTS = 25_000;
/** Wait (2), Judge canary (5: entered, scheduled, started, succeeded, exited) and What next? (2). */
export const EVENTS_PER_TICK = 9;
/** 2,000 ticks take 18,000 events; the rest is for pods, shifts, promotion and retries. */
export const MAX_TICKS = 2_000;
/** Ticks that a step may add: one after its shift, one before the aligned one. */
const EXTRA_TICKS_PER_STEP = 2;

/** A/B: all of the matched requests, from the start. */
const ALL_MATCHED = [100];
/** Blue/green: none while it is tested, then all. */
const NONE_THEN_ALL = [0, 100];

/**
 * The canary's weights in percent, rising. `stepWeight` is clamped to `maxWeight` (20 up to 50 is 20, 40, 50), unlike
 * Flagger, which goes over it (20, 40, 60). With A/B they are shares of the matched route; blue/green begins with 0.
 */
export const steps = ({ strategy }: Pick<RolloutSpec, 'strategy'>): readonly number[] => {
  if ('ab' in strategy) return ALL_MATCHED;
  if ('blueGreen' in strategy) return NONE_THEN_ALL;
  const { canary } = strategy;
  if ('stepWeights' in canary) return canary.stepWeights;
  const { stepWeight, maxWeight } = canary;
  const count = Math.ceil(maxWeight / stepWeight);
  return Array.from({ length: count }, (_, index) => Math.min((index + 1) * stepWeight, maxWeight));
};

/**
 * Checks that have to pass before promotion: one at each weight, or as many as there are iterations; with blue/green one
 * more, with traffic.
 */
export const checksNeeded = (spec: Pick<RolloutSpec, 'strategy'>): number =>
  (iterationsOf(spec) ?? steps(spec).length) + (blueGreenOf(spec) === undefined ? 0 : 1);

/** The first step above a weight; undefined at the last one. A weight that is no step (edited by hand) goes on from there. */
export const nextWeight = (spec: Pick<RolloutSpec, 'strategy'>, weight: number): number | undefined =>
  steps(spec).find((step) => step > weight);

/**
 * Seconds that a canary with traffic waits for people, all questions together: a day where one is asked at the deadline,
 * and the longest gate at the least. So several gates need no longer interval.
 */
export const askingSeconds = ({ analysis, gates }: Pick<RolloutSpec, 'analysis' | 'gates'>): number =>
  Math.max(
    analysis.onInconclusive === 'ask' ? ASKING_SECONDS : 0,
    ...gates.filter(({ before }) => before !== 'rollout').map(({ timeout }) => timeout),
  );

/**
 * The canary's next weight while traffic returns to the primary: none, or what `stepWeightPromotion` leaves of it.
 * @param from percent of the canary now
 */
export const returnWeight = (spec: Pick<RolloutSpec, 'strategy'>, from: number): number =>
  Math.max(0, from - (courseOf(spec).stepWeightPromotion ?? 100));

/** Ticks that a rollout can take: until its deadline, and while people are asked, at the same interval. */
export const mostTicks = (spec: PlanSpec): number => {
  const { interval, deadline } = spec.analysis;
  return Math.ceil((deadline + askingSeconds(spec)) / interval) + EXTRA_TICKS_PER_STEP * steps(spec).length;
};

/**
 * Seconds that a rollout takes at the least: each step settles, fills one period and waits for its metrics; each further
 * iteration at the same weight takes one more interval.
 */
export const shortestSeconds = (spec: PlanSpec): number => {
  const { period, delay } = sourceTiming(spec.analysis);
  // Without traffic nothing has to settle, unless what a load test sends is read.
  const read = steps(spec).length - (blueGreenOf(spec)?.countUnrouted === false ? 1 : 0);
  const more = checksNeeded(spec) - read;
  return read * (spec.router.settle + period + delay) + more * spec.analysis.interval;
};

const stepProblems = ({ strategy }: PlanSpec): string[] => {
  if (!('canary' in strategy)) return [];
  const { canary } = strategy;
  if (!('stepWeights' in canary)) {
    const { stepWeight, maxWeight } = canary;
    return stepWeight > maxWeight
      ? [`strategy.canary.stepWeight: must not be above maxWeight (${maxWeight}), got ${stepWeight}`]
      : [];
  }
  const { stepWeights } = canary;
  const rises = stepWeights.every((weight, index) => index === 0 || weight > (stepWeights[index - 1] ?? 0));
  return rises ? [] : [`strategy.canary.stepWeights: must rise, got ${JSON.stringify(stepWeights)}`];
};

const courseInWords = (spec: PlanSpec): string => {
  const iterations = iterationsOf(spec);
  return iterations === undefined
    ? `${steps(spec).length} steps take (router.settle, source.period and source.delay each)`
    : `${iterations} iterations take (router.settle, source.period and source.delay, and then an interval each)`;
};

const timeProblems = (spec: PlanSpec): string[] => {
  const { interval, deadline, onInconclusive } = spec.analysis;
  const problems: string[] = [];
  const shortest = shortestSeconds(spec);
  if (shortest > deadline) {
    problems.push(
      `analysis.deadline: must be at least ${formatDuration(shortest)}, what ${courseInWords(spec)}, got ${formatDuration(deadline)}`,
    );
  }
  const ticks = mostTicks(spec);
  if (ticks > MAX_TICKS) {
    const fix =
      onInconclusive === 'ask'
        ? 'set a longer interval, or onInconclusive: rollBack (a question stays open for 24h)'
        : 'set a longer interval or a shorter deadline';
    problems.push(
      `analysis.interval: must allow at most ${MAX_TICKS.toLocaleString('en-US')} ticks (an execution has ` +
        `${HISTORY_EVENTS.toLocaleString('en-US')} events, a tick ${EVENTS_PER_TICK}), got ${formatDuration(interval)}, ` +
        `which can take ${ticks.toLocaleString('en-US')}; ${fix}`,
    );
  }
  return problems;
};

/** What is wrong with a spec's steps and times, each as `path: what is wrong, got value`. Part of parsing a spec. */
export const planProblems = (spec: PlanSpec): string[] => {
  const problems = stepProblems(spec);
  return problems.length > 0 ? problems : timeProblems(spec);
};
