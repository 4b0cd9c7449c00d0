import { type NextStep, waitsForPromotion } from '../holds/state.ts';
import type { Phase, Rollout } from '../rollout.ts';
import type { HookType } from '../spec/hooks.ts';
import { iterationsOf } from '../spec/strategy.ts';
import type { AnalysisState } from '../tasks.ts';
import { callHooks, type HookRecord, type HookRound, type Hooks, refusedBy } from './hooks.ts';

/** Flagger's phase of a tick: waiting for promotion while somebody is asked about it. */
const phaseOf = ({ spec }: Rollout, analysis: AnalysisState | null | undefined): Phase =>
  analysis != null && waitsForPromotion(spec, analysis) ? 'WaitingPromotion' : 'Progressing';

/**
 * What every tick asks: first whether to roll back, then the hooks that are checks of their own.
 * @param check `pre-rollout` before the canary has traffic
 */
export const tickHooks = async (
  hooks: Hooks,
  rollout: Rollout,
  analysis: AnalysisState | null | undefined,
  now: string,
  check: HookType = 'rollout',
): Promise<readonly HookRecord[]> => {
  const round = { now, phase: phaseOf(rollout, analysis) };
  const rollback = await callHooks(hooks, rollout, 'rollback', round);
  if (rollback.some(({ passed }) => passed)) return rollback;
  return [...rollback, ...(await callHooks(hooks, rollout, check, round))];
};

/** What is asked before a step: as in Flagger, the hooks for an increase are asked before promotion, too. */
const STEP_HOOKS = {
  rollout: ['confirm-rollout'],
  increase: ['confirm-traffic-increase'],
  promotion: ['confirm-traffic-increase', 'confirm-promotion'],
} as const;

/** Asks the hooks that confirm a step, until one says no. */
export const stepHooks = async (
  hooks: Hooks,
  rollout: Rollout,
  step: NextStep,
  round: HookRound,
): Promise<readonly HookRecord[]> => {
  const records: HookRecord[] = [];
  // Only weights increase: with iterations Flagger does not call the hooks for it (scheduler.go, runAB).
  const types = STEP_HOOKS[typeof step === 'number' ? 'increase' : step].filter(
    (type) => type !== 'confirm-traffic-increase' || iterationsOf(rollout.spec) === undefined,
  );
  for (const type of types) {
    records.push(...(await callHooks(hooks, rollout, type, round)));
    if (refusedBy(records, type) !== undefined) break;
  }
  return records;
};
