/** A rollout judged again from its record: the same verdicts, or what other settings would have said to the same evidence. */
import { decide } from '../holds/decide.ts';
import { judgeAgain } from '../judge/again.ts';
import { durationsOf, settingsOf } from '../judge/sequential/from-spec.ts';
import { NO_PAST, type Past, pastOf } from '../judge/sequential/past.ts';
import type { RolloutBasis } from '../record.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { AnalysisState, Decision, VerdictRecord } from '../tasks.ts';

/** A rollout's record, as `replay --save` writes it: what the verdicts rest on, and the verdicts in order. */
export interface RolloutRecord {
  readonly schema: 1;
  readonly basis: RolloutBasis;
  readonly verdicts: readonly VerdictRecord[];
}

/** What is compared of a verdict. */
interface Said {
  readonly decision: Decision;
  readonly weight: number;
  readonly reason: string;
  readonly say: string;
}

/** A recorded verdict, and what the same judge says to the same evidence today. */
export interface JudgedAgain {
  readonly tick: number;
  readonly now: string;
  /** Percent of the canary at the time. */
  readonly weight: number;
  readonly then: Omit<Said, 'weight'>;
  readonly again: Said;
  readonly same: boolean;
}

/** Judges each recorded verdict again, from the state that it was made from. */
export const replaySame = ({ basis, verdicts }: RolloutRecord): readonly JudgedAgain[] =>
  verdicts.map((record) => {
    const { decision, weight, reason, say } = judgeAgain(record, basis.spec, basis.past);
    const then = { decision: record.decision, reason: record.reason, say: record.say };
    const same = then.decision === decision && then.reason === reason && then.say === say;
    const { tick, now } = record;
    return { tick, now, weight: record.weight, then, again: { decision, weight, reason, say }, same };
  });

/** What other settings would have said at one tick, at the weight that the canary really had. */
export interface JudgedOtherwise extends Said {
  readonly tick: number;
  readonly now: string;
  readonly at: number;
}

/** Other settings on the same evidence. */
export interface Otherwise {
  readonly verdicts: readonly JudgedOtherwise[];
  /** Where they would have promoted or rolled back; the ticks after it are not judged. */
  readonly end?: JudgedOtherwise;
}

/** Without a recorded past, durations are compared beyond the spec's own limit: no others were counted. */
const pastFor = (basis: RolloutBasis, spec: RolloutSpec): Past => {
  if (basis.past !== undefined && basis.history !== undefined) {
    const { latency, coarse, percentilesOnly } = basis.past;
    const limits = { latency, ...(coarse && { coarse }), ...(percentilesOnly && { percentilesOnly }) };
    return pastOf(settingsOf(spec, { ...NO_PAST, ...limits }), basis.history, limits);
  }
  const [first] = durationsOf(spec);
  return first === undefined
    ? NO_PAST
    : { ...NO_PAST, latency: { l99: { primary: first.max, canary: first.max } } };
};

const ENDS: readonly Decision[] = ['promote', 'rollBack', 'reject', 'supersede'];

/**
 * Judges the whole rollout by other settings, from a fresh state and with the recorded evidence. The traffic stays what it
 * was: what the canary would have got at other weights is not known. People's words are left out, hooks' answers stay.
 */
export const replayOtherwise = ({ basis, verdicts }: RolloutRecord, spec: RolloutSpec): Otherwise => {
  const past = pastFor(basis, spec);
  const judged: JudgedOtherwise[] = [];
  let analysis: AnalysisState | undefined;
  for (const record of verdicts) {
    if (record.stage !== undefined) continue;
    const { decision, weight, reason, say, ...rest } = decide({
      spec,
      past,
      analysis,
      weight: record.weight,
      periods: record.periods,
      shiftedAt: record.shiftedAt,
      now: record.now,
      answers: {},
      approval: 'asked-again',
      unread: record.unread,
      frozen: record.frozen,
      hooks: record.hooks ?? [],
    });
    analysis = rest.analysis;
    const verdict = { tick: record.tick, now: record.now, at: record.weight, decision, weight, reason, say };
    judged.push(verdict);
    if (ENDS.includes(decision)) return { verdicts: judged, end: verdict };
  }
  return { verdicts: judged };
};
