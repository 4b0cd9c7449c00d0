import { ratesOf } from '../spec/metrics.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { AnalysisState } from '../tasks.ts';
import { count, percentOf } from '../words.ts';
import { finding } from './check.ts';
import type { Ruling } from './rules.ts';
import { primaryInWords, shareInWords, silenceInWords } from './share.ts';
import type { Taken } from './take-in.ts';

const succeeded = ({ requests, failures }: Taken['canary'], limit?: number): string =>
  percentOf(requests - failures, requests, limit);

const silence = (spec: RolloutSpec, { empty, primaryAlone = 0 }: Taken): string => {
  if (empty === undefined) return 'no new period with canary requests yet';
  return primaryAlone > 0
    ? `no canary requests, though the primary had ${count(primaryAlone)}: ${silenceInWords(spec)}`
    : 'no requests in the metrics of either version, though they are due';
};

const seen = (spec: RolloutSpec, taken: Taken): string => {
  const { checks, canary, primary } = taken;
  const failed = checks.findLast(({ verdict }) => verdict === 'failed');
  if (failed !== undefined) return finding(spec.analysis.metrics[failed.metric], failed);
  if (canary.requests === 0) return silence(spec, taken);
  const limit = ratesOf(spec.analysis).find((metric) => metric.name === 'request-success-rate')?.min;
  const beside =
    primary.requests > 0
      ? ` (${primaryInWords(spec)} ${succeeded(primary)} of ${count(primary.requests)})`
      : '';
  return `${succeeded(canary, limit)} of ${count(canary.requests)} canary requests succeeded${beside}`;
};

const WAITING = 'waiting';

/** Why the weight stays, where that is not plain from what was seen. */
const held = (spec: RolloutSpec, weight: number, { checks, state }: Taken): string => {
  const newest = checks.at(-1);
  const failed = `${state.failedChecks} of ${spec.analysis.threshold} failed checks`;
  if (newest?.verdict === 'failed') return `${failed}, staying`;
  if (newest?.unrouted !== undefined) {
    const share = percentOf(newest.unrouted, 1);
    return `unrouted traffic reaches the canary (${share} of all at a weight of ${weight} %), so this proves nothing`;
  }
  if (newest?.verdict === 'inconclusive')
    return `no data of ${spec.analysis.metrics[newest.metric]?.name}, so this proves nothing`;
  if (newest !== undefined && !newest.proves) return 'waiting for a whole period at this weight';
  return state.failedChecks > 0 ? `waiting, ${failed}` : WAITING;
};

const outcome = (ruling: Ruling): string => {
  const words = {
    advance: ruling.next ?? '',
    promote: ruling.reason === '' ? (ruling.next ?? '') : `promoting: ${ruling.reason}`,
    hold: ruling.next ?? '',
    ask: 'asking a person',
    rollBack: `rolling back: ${ruling.reason}`,
    reject: `rolling back: ${ruling.reason}`,
    supersede: `making room: ${ruling.reason}`,
  };
  return words[ruling.decision];
};

/** Longer would not be read at night, and a result has at most 1 KB. */
const MOST_CHARACTERS = 300;

/**
 * A tick in one sentence: `5 %: 99.9 % of 300 canary requests succeeded (primary 99.9 % of 5,700); next 10 %.`
 * @param before the state before the tick
 */
export const sentence = (
  spec: RolloutSpec,
  weight: number,
  before: AnalysisState,
  taken: Taken,
  ruling: Ruling,
): string => {
  const decided = ruling.decision === 'rollBack' || ruling.decision === 'reject';
  const why = ruling.decision === 'hold' ? held(spec, weight, taken) : '';
  const next = outcome(ruling);
  const parts = [decided ? '' : seen(spec, taken), why === WAITING && next !== '' ? '' : why, next].filter(
    (part) => part !== '',
  );
  const text = `${shareInWords(spec, weight, before)}: ${parts.join('; ')}.`;
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
};
