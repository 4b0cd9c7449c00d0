/** A tick in one sentence for people, and the events that it tells of. */
import { analysedSeconds } from '../../holds/state.ts';
import { steps } from '../../plan.ts';
import type { Phase, RolloutEvent } from '../../rollout.ts';
import { ratesOf } from '../../spec/metrics.ts';
import type { Decision } from '../../tasks.ts';
import { count, percentOf } from '../../words.ts';
import { eventName } from '../check.ts';
import type { Ruling } from '../rules.ts';
import { primaryInWords, shareInWords } from '../share.ts';
import type { Case } from './case.ts';
import { remaining } from './remaining.ts';
import { heldBecause } from './rules.ts';
import { about, comparison, evidenceOf } from './sentence.ts';

/** Longer would not be read at night, and a result has at most 1 KB. */
const MOST_CHARACTERS = 340;

const silence = ({ empty, primaryAlone = 0 }: Case): string => {
  if (empty === undefined) return 'no new period with canary requests yet';
  return primaryAlone > 0
    ? `no canary requests, though the primary had ${count(primaryAlone)}`
    : 'no requests in the metrics of either version, though they are due';
};

const seen = (on: Case): string => {
  const { input, canary, primary } = on;
  if (canary.requests === 0) return silence(on);
  const limit = ratesOf(input.spec.analysis).find((metric) => metric.name === 'request-success-rate')?.min;
  const rate = percentOf(
    canary.failures,
    canary.requests,
    limit === undefined ? undefined : Number((100 - limit).toFixed(4)),
  );
  const beside =
    primary.requests > 0
      ? ` (${primaryInWords(input.spec)} ${percentOf(primary.failures, primary.requests)} of ${count(primary.requests)})`
      : '';
  return `${rate} of ${count(canary.requests)} canary requests failed${beside}`;
};

/** Where something speaks against the canary, the reason has the counts already. */
const withCounts = (on: Case, text: string): string =>
  on.told.found.hold && on.canary.requests > 0 ? text : `${seen(on)}; ${text}`;

/** How long the proof still takes at the last step, and whether the deadline leaves that time. */
const outlook = ({ input, ticks, told, state }: Case): string => {
  const { spec, now, settings } = input;
  const last = Math.min(steps(spec).at(-1) ?? 100, 99) / 100;
  const left = remaining(settings, ticks.state, last);
  if (left === undefined || left.ticks === 0) return '';
  const seconds = left.ticks * told.period;
  const late = analysedSeconds(state, now) + seconds > spec.analysis.deadline ? ', past the deadline' : '';
  return `; ${left.because === 'too noisy' ? 'too noisy, ' : ''}${about(seconds)} of proof to go${late}`;
};

const textOf = (on: Case, ruling: Ruling): string => {
  const where = shareInWords(on.input.spec, on.input.weight, on.before);
  const evidence = evidenceOf(on.told);
  const texts: Readonly<Record<Decision, () => string>> = {
    rollBack: () => `Roll back: ${ruling.reason.replace(/^request-[a-z-]+: (?=\d)/, '')}`,
    reject: () => `Roll back: ${ruling.reason}`,
    supersede: () => `Making room: ${ruling.reason}`,
    promote: () =>
      ruling.reason === ''
        ? `Promote: ${ruling.next}; ${seen(on)}, ${evidence}`
        : `Promote: ${ruling.reason}, ${evidence}`,
    advance: () => `${where}: ${seen(on)}; ${evidence}; ${ruling.next}${outlook(on)}`,
    ask: () => `Asking a person: ${ruling.reason}`,
    hold: () => `${where}: ${withCounts(on, `staying: ${ruling.next ?? evidence}`)}`,
  };
  return texts[ruling.decision]();
};

/** Begins with what is done where the rollout ends, and with the weight where it goes on. */
export const sentenceOf = (on: Case, ruling: Ruling): string => {
  const unread = on.input.unread === undefined ? '' : `Metrics could not be read (${on.input.unread}). `;
  const text = `${unread}${textOf(on, ruling)}.`;
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
};

/** Why the advancement stands still, in Flagger's frame; a release that only waits for proof is no event. */
const haltOf = (on: Case): string | undefined => {
  const { input, ticks, told, empty, gate, number } = on;
  if (empty !== undefined) return empty;
  if (input.answers.pausedBy !== undefined) return undefined;
  const news = on.canary.requests > 0;
  const held = told.found.hold || ticks.unrouted !== undefined || ticks.shared !== undefined;
  if (!news || !(held || gate !== undefined || number !== undefined)) return undefined;
  const why = told.found.hold ? comparison(told) : heldBecause(on);
  return `Halt ${eventName(input.spec)} advancement ${why}`;
};

const endOf = ({ input: { spec } }: Case, ruling: Ruling): RolloutEvent | undefined => {
  const name = eventName(spec);
  switch (ruling.decision) {
    case 'rollBack':
    case 'reject':
      return { phase: 'Failed', text: `Rolling back ${name} ${ruling.inEvent ?? ruling.reason}` };
    case 'supersede':
      return { phase: 'Progressing', text: `New revision detected! Restarting analysis for ${name}` };
    case 'ask':
      return {
        phase: 'WaitingPromotion',
        text: `Halt ${name} advancement waiting for promotion approval deadline`,
      };
    default:
      return undefined;
  }
};

/** The events of a tick. Where Flagger has a text for it, it is Flagger's. */
export const eventsOf = (on: Case, ruling: Ruling): RolloutEvent[] => {
  const phase: Phase = on.state.asked === undefined ? 'Progressing' : 'WaitingPromotion';
  const stays = ruling.decision === 'hold' || ruling.decision === 'ask';
  const text = stays ? haltOf(on) : undefined;
  const end = endOf(on, ruling);
  return [...(text === undefined ? [] : [{ phase, text }]), ...(end === undefined ? [] : [end])];
};
