import { type NextStep, waitsForPromotion } from '../holds/state.ts';
import type { Phase, Rollout } from '../rollout.ts';
import type { HookType } from '../spec/hooks.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { blueGreenOf, iterationsOf } from '../spec/strategy.ts';
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

/**
 * What is asked before a step. As in Flagger (scheduler.go, runCanary, runAB, runBlueGreen), the hooks for an increase are
 * asked before promotion, too, but only where weights increase; blue/green asks those for promotion before its switch as well.
 */
const typesBefore = (spec: RolloutSpec, step: NextStep): readonly HookType[] => {
  if (step === 'rollout') return ['confirm-rollout'];
  if (iterationsOf(spec) === undefined)
    return step === 'promotion'
      ? ['confirm-traffic-increase', 'confirm-promotion']
      : ['confirm-traffic-increase'];
  const asked = step === 'promotion' || (step > 0 && blueGreenOf(spec) !== undefined);
  return asked ? ['confirm-promotion'] : [];
};

/** Asks the hooks that confirm a step, until one says no. */
export const stepHooks = async (
  hooks: Hooks,
  rollout: Rollout,
  step: NextStep,
  round: HookRound,
): Promise<readonly HookRecord[]> => {
  const records: HookRecord[] = [];
  for (const type of typesBefore(rollout.spec, step)) {
    records.push(...(await callHooks(hooks, rollout, type, round)));
    if (refusedBy(records, type) !== undefined) break;
  }
  return records;
};
