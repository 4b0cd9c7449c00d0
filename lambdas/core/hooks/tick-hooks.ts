import type { Phase, Rollout } from '../rollout.ts';
import type { AnalysisState } from '../tasks.ts';
import { callHooks, type HookRecord, type Hooks, refusedBy } from './hooks.ts';

/** Flagger's phase of a tick: waiting for promotion while a person is asked about it. */
const phaseOf = (analysis: AnalysisState | null | undefined): Phase =>
  analysis?.asked !== undefined || analysis?.holds?.gate?.before === 'promotion'
    ? 'WaitingPromotion'
    : 'Progressing';

/** What every tick asks: first whether to roll back, then the hooks that are checks of their own. */
export const tickHooks = async (
  hooks: Hooks,
  rollout: Rollout,
  analysis: AnalysisState | null | undefined,
  now: string,
): Promise<readonly HookRecord[]> => {
  const round = { now, phase: phaseOf(analysis) };
  const rollback = await callHooks(hooks, rollout, 'rollback', round);
  if (rollback.some(({ passed }) => passed)) return rollback;
  return [...rollback, ...(await callHooks(hooks, rollout, 'rollout', round))];
};

/** What is asked before a step: as in Flagger, the hooks for an increase are asked before promotion, too. */
export const stepHooks = async (
  hooks: Hooks,
  rollout: Rollout,
  step: 'increase' | 'promotion',
  now: string,
): Promise<readonly HookRecord[]> => {
  const round = { now, phase: 'Progressing' as const };
  const increase = await callHooks(hooks, rollout, 'confirm-traffic-increase', round);
  if (step === 'increase' || refusedBy(increase, 'confirm-traffic-increase')) return increase;
  return [...increase, ...(await callHooks(hooks, rollout, 'confirm-promotion', round))];
};
