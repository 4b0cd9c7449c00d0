import type { RolloutSummary } from '../../lambdas/core/record.ts';
import { formatDuration } from '../../lambdas/core/spec/duration.ts';
import { count } from '../../lambdas/core/words.ts';

const HEADS = ['STARTED', 'VERSION', 'OUTCOME', 'TOOK', 'CANARY REQUESTS', 'FAILED', 'REASON'] as const;

const cellsOf = ({ startedAt, endedAt, release, outcome, canary, reason }: RolloutSummary): string[] => [
  startedAt.replace(/\.\d+Z$/, 'Z'),
  release.tag,
  outcome,
  formatDuration(Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)),
  count(canary.requests),
  count(canary.failures),
  reason.split('\n')[0] || '-',
];

/** A line for each rollout that has ended, newest first. */
export const historyTable = (summaries: readonly RolloutSummary[]): string => {
  const lines = [[...HEADS], ...summaries.map(cellsOf)];
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
};
