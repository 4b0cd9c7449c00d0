import type { JudgedAgain, JudgedOtherwise, Otherwise } from '../../lambdas/core/replay/replay.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { plural } from '../../lambdas/core/words.ts';

const clock = (iso: string): string => iso.slice(11, 19);

const line = (now: string, weight: number, text: string): string =>
  `  ${clock(now)}  ${`${weight} %`.padStart(5)}  ${text}`;

/** The judge of a spec, with what it counts to. */
export const judgeOf = ({ analysis }: RolloutSpec): string =>
  analysis.judge === 'threshold' ? `threshold ${analysis.threshold}` : `sequential, ${analysis.mode}`;

/** A line for each verdict; where it comes out otherwise, both. */
export const sameLines = (judged: readonly JudgedAgain[]): string[] => {
  const lines = judged.flatMap(({ now, weight, then, again, same }) =>
    same
      ? [line(now, weight, then.say)]
      : [line(now, weight, `then:  ${then.say}`), line(now, weight, `again: ${again.say}`)],
  );
  const others = judged.filter(({ same }) => !same).length;
  const all =
    others === 0
      ? `All ${plural(judged.length, 'verdict')} come out the same.`
      : `${plural(others, 'verdict')} of ${judged.length} come${others === 1 ? 's' : ''} out otherwise: this version judges by other rules than the one then.`;
  return [...lines, all];
};

const ENDED: Readonly<Partial<Record<JudgedOtherwise['decision'], string>>> = {
  promote: 'It would have promoted',
  rollBack: 'It would have rolled back',
  reject: 'It would have been rejected',
};

/** A line for each verdict of other settings, and where they would have ended. */
export const otherwiseLines = ({ verdicts, end }: Otherwise): string[] => [
  ...verdicts.map(({ now, at, say }) => line(now, at, say)),
  end === undefined
    ? 'It would have been undecided by the last verdict that is recorded.'
    : `${ENDED[end.decision] ?? 'It would have ended'} at ${clock(end.now)} UTC, at ${end.at} %. The traffic is what it was: at other weights it would have been another.`,
];
