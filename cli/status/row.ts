import type { RolloutSummary, ServiceRecord } from '../../lambdas/core/record.ts';
import type { Phase } from '../../lambdas/core/rollout.ts';
import { alignedTable } from '../table.ts';

/** One service's line of `stepcanary status`. */
export interface StatusRow {
  /** `service@target`. */
  readonly service: string;
  /** Flagger's phase of the rollout under way, else of the last one; `Initialized` before the first. */
  readonly status: Phase;
  /** Percent of traffic that the canary is meant to have. */
  readonly weight: number;
  /** The tag that `status` speaks of; null before the first rollout. */
  readonly version: string | null;
  /** ISO 8601: when this rollout began, or when the last one ended; null before the first. */
  readonly since: string | null;
  /** Who holds it still, why and until when; null when nobody does. The freezes of its spec are not in it. */
  readonly frozen: string | null;
  /** What goes on waiting until somebody acts; null when nothing does. */
  readonly needs: string | null;
  /** The tag that waits for the rollout under way. */
  readonly next: string | null;
  /** ARN of the execution that `status` speaks of. */
  readonly execution: string | null;
  /** Set where the last rollout's deadline passed undecided, whatever followed. */
  readonly inconclusive?: true;
}

const needsOf = ({ needs, approval, command, claim }: ServiceRecord): string | null => {
  if (needs?.what === 'person') return `a person: ${needs.failure.reason}`;
  if (needs !== undefined) return `${needs.what}: ${needs.failure.reason}`;
  if (claim === undefined) return null;
  if (approval?.execution === claim.execution && approval.answer === undefined) return 'approve or reject';
  if (command?.execution === claim.execution && command.command === 'pause')
    return `resume: paused by ${command.by}`;
  return null;
};

/** A service's line, from what the engine's table knows of it and its last rollout that ended. */
export const statusRow = (
  record: ServiceRecord,
  last: RolloutSummary | undefined,
  freeze?: string,
): StatusRow => {
  const frozen = freeze ?? null;
  const { service, claim, pending } = record;
  const needs = needsOf(record);
  const next = pending?.release.tag ?? null;
  if (claim !== undefined) {
    const { phase, intent, input, since, execution } = claim;
    return {
      service,
      status: phase,
      weight: intent,
      version: input.release.tag,
      since,
      frozen,
      needs,
      next,
      execution,
    };
  }
  if (last === undefined)
    return {
      service,
      status: 'Initialized',
      weight: 0,
      version: null,
      since: null,
      frozen,
      needs,
      next,
      execution: null,
    };
  const { outcome, release, endedAt: since, execution, inconclusive } = last;
  const status = outcome === 'promoted' ? 'Succeeded' : 'Failed';
  const row = {
    service,
    status,
    weight: 0,
    version: release.tag,
    since,
    frozen,
    needs,
    next,
    execution,
  } as const;
  return inconclusive ? { ...row, inconclusive } : row;
};

const HEADS = ['SERVICE', 'STATUS', 'WEIGHT', 'VERSION', 'SINCE', 'NEEDS'] as const;

const cellsOf = (row: StatusRow): string[] => {
  const { service, status, weight, version, since, needs, frozen, next, inconclusive } = row;
  const released = version ?? '-';
  return [
    service,
    inconclusive ? `${status}, inconclusive` : status,
    String(weight),
    next === null ? released : `${released} (then ${next})`,
    since?.replace(/\.\d+Z$/, 'Z') ?? '-',
    [needs?.split('\n')[0], frozen].filter((part) => part != null).join('; ') || '-',
  ];
};

/** The lines as `kubectl get canaries` would align them. */
export const statusTable = (rows: readonly StatusRow[]): string => alignedTable(HEADS, rows.map(cellsOf));
