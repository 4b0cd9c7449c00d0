import { writeFileSync } from 'node:fs';
import { changedSpec } from '../../lambdas/core/replay/changed-spec.ts';
import {
  type Otherwise,
  type RolloutRecord,
  replayOtherwise,
  replaySame,
} from '../../lambdas/core/replay/replay.ts';
import type { JudgeName } from '../../lambdas/core/spec/analysis.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { BadInput, Exit } from '../exit.ts';
import { readRecord } from '../replay/read-record.ts';
import { judgeOf, otherwiseLines, sameLines } from '../replay/words.ts';

/** What the command line says. */
export interface ReplayOptions {
  readonly rollouts: string;
  readonly judge?: string;
  readonly set?: readonly string[];
  readonly save?: string;
  readonly json?: boolean;
}

const JUDGES: readonly string[] = ['sequential', 'threshold'] satisfies JudgeName[];

const specWith = ({ basis }: RolloutRecord, { judge, set }: ReplayOptions): RolloutSpec | undefined => {
  if (judge !== undefined && !JUDGES.includes(judge))
    throw new BadInput([`--judge: must be ${JUDGES.join(' or ')}, got "${judge}"`]);
  if (judge === undefined && (set ?? []).length === 0) return undefined;
  const parsed = changedSpec(basis.spec, { judge: judge as JudgeName | undefined, set });
  if (!parsed.ok) throw new BadInput(parsed.problems);
  return parsed.value;
};

const save = (file: string, record: RolloutRecord): void => {
  try {
    writeFileSync(file, `${JSON.stringify(record)}\n`);
  } catch (error) {
    throw new BadInput([`--save: ${file} cannot be written, ${(error as Error).message}`]);
  }
};

/** `stepcanary replay EXECUTION|FILE`: ends with 1 when a verdict does not come out the same. */
export const replay = async (of: string, options: ReplayOptions): Promise<void> => {
  const record = await readRecord(of, options.rollouts);
  const { basis } = record;
  const spec = specWith(record, options);
  if (options.save !== undefined) save(options.save, record);
  const judged = replaySame(record);
  const otherwise: Otherwise | undefined = spec && replayOtherwise(record, spec);
  process.exitCode = judged.every(({ same }) => same) ? Exit.asAsked : Exit.not;
  if (options.json) {
    const { service, execution, release } = basis;
    const asked = spec && { analysis: spec.analysis, ...otherwise };
    const result = {
      service,
      execution,
      tag: release.tag,
      judge: basis.spec.analysis.judge,
      verdicts: judged,
    };
    process.stdout.write(`${JSON.stringify({ ...result, ...(asked && { otherwise: asked }) }, null, 2)}\n`);
    return;
  }
  const lines = [
    `${basis.service}: ${basis.release.tag}, judged by ${judgeOf(basis.spec)}`,
    ...sameLines(judged),
    ...(spec && otherwise ? ['', `By ${judgeOf(spec)}`, ...otherwiseLines(otherwise)] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
};
