import type { RolloutSummary } from '../../lambdas/core/record.ts';
import { formatDuration } from '../../lambdas/core/spec/duration.ts';
import { count } from '../../lambdas/core/words.ts';
import { alignedTable } from '../table.ts';

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
export const historyTable = (summaries: readonly RolloutSummary[]): string =>
  alignedTable(HEADS, summaries.map(cellsOf));
