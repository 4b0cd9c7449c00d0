/** What a rollout's traffic can prove, said before it begins. */
import { steps } from '../../plan.ts';
import { formatDuration } from '../../spec/duration.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import { sourceTiming, successSource } from '../../spec/source.ts';
import { abOf } from '../../spec/strategy.ts';
import { count } from '../../words.ts';
import { settingsOf } from './from-spec.ts';
import type { Past } from './past.ts';
import { type Remaining, remaining } from './remaining.ts';
import { about, partName } from './sentence.ts';
import { beginFrom } from './state.ts';

export interface Beforehand {
  /** Seconds of proof at the last step; Infinity without traffic, undefined with nothing to compare. */
  readonly seconds: number | undefined;
  /** Whether the deadline leaves time for the steps and the proof. */
  readonly enough: boolean;
  readonly say: string;
}

const traffic = (perSecond: number, { analysis }: RolloutSpec): string => {
  const rounded = perSecond >= 10 ? count(Math.round(perSecond)) : Number(perSecond.toPrecision(2));
  return `${rounded} ${successSource(analysis).xRay === undefined ? '' : 'traced '}requests a second`;
};

/** The proof at the last step's share, by the traffic that the primary had. */
const proof = (spec: RolloutSpec, past: Past): Remaining | undefined => {
  const settings = settingsOf(spec, past);
  const last = steps(spec).at(-1) ?? 100;
  // At 100 % there is nobody left to compare with; the judge has what came before.
  return remaining(settings, beginFrom(settings, past), Math.min(last, 99) / 100);
};

/** How many requests match is not known before the first of them, so the proof is told in requests. */
const inRequests = (spec: RolloutSpec, past: Past): Beforehand => {
  const settings = settingsOf(spec, past);
  const left = remaining(settings, { ...beginFrom(settings, past), requestsPerTick: 1 }, 1);
  const requests = left === undefined ? 0 : Number(left.ticks.toPrecision(2));
  const say =
    left === undefined || !Number.isFinite(requests)
      ? 'no limit can be proven to be kept'
      : `promotion takes about ${count(requests)} requests of the users that match (${partName(left.metric)})`;
  return { seconds: undefined, enough: left !== undefined && Number.isFinite(requests), say };
};

/** What to expect, in a sentence. */
export const beforehand = (spec: RolloutSpec, past: Past): Beforehand => {
  if (abOf(spec) !== undefined) return inRequests(spec, past);
  const { period } = sourceTiming(spec.analysis);
  const { deadline } = spec.analysis;
  const left = proof(spec, past);
  if (left === undefined)
    return { seconds: undefined, enough: false, say: 'no metric can be compared, so nothing can be proven' };
  if (past.periods === 0)
    return {
      seconds: undefined,
      enough: true,
      say: 'the primary has no metrics yet, so how long the proof takes is not known',
    };
  const seconds = left.ticks * period;
  const at = traffic(past.requestsPerTick / period, spec);
  const enough = seconds <= deadline;
  const name = partName(left.metric);
  const say = enough
    ? `at ${at} promotion takes ${about(seconds)} of proof at the last step (${name})`
    : `${left.because}: at ${at} ${name} takes ${about(seconds)} to prove, and the deadline is ${formatDuration(deadline)}: most likely inconclusive`;
  return { seconds, enough, say };
};
