/** The sequential judge as a rule of the bench. */
import { type AdvanceMode, nextStep } from '../../lambdas/core/judge/sequential/advance.ts';
import { TOLERANCE } from '../../lambdas/core/judge/sequential/from-period.ts';
import { defaultSettings, limitMetric } from '../../lambdas/core/judge/sequential/settings.ts';
import { begin } from '../../lambdas/core/judge/sequential/state.ts';
import { finding, type Observation, step } from '../../lambdas/core/judge/sequential/step.ts';
import { type Side, SLO_MS, slowerThan, T, type Tick } from './traffic.ts';

const NAMES = ['l75', 'l95', 'l99'] as const;

const slow = (side: Side, edge: number) => ({ requests: side.requests, bad: slowerThan(side, edge) });
const failed = ({ requests, failed: bad }: Side) => ({ requests, bad });

const observed = ({ canary, primary }: Tick): Observation => {
  const errors = { canary: failed(canary), primary: failed(primary) };
  const latency = NAMES.map((name) => [
    name,
    { canary: slow(canary, T[name] * TOLERANCE), primary: slow(primary, T[name]) },
  ]);
  const limit = { canary: slow(canary, SLO_MS), primary: slow(primary, SLO_MS) };
  return { metrics: { err: errors, ...Object.fromEntries(latency) }, limits: { err: errors, l500: limit } };
};

/**
 * @param sloErrors the service's error limit, 0 to 1
 * @param seconds of a tick
 */
export const sequential = (
  mode: AdvanceMode,
  history: readonly Side[],
  rps: number,
  steps: readonly number[],
  horizon: number,
  sloErrors: number,
  seconds = 60,
) => {
  const settings = {
    ...defaultSettings(horizon),
    limits: { err: limitMetric('err', sloErrors), l500: limitMetric('l99', 0.01) },
  };
  const recent = history.slice(-60);
  const latency = NAMES.map((name) => [name, recent.map((side) => slow(side, T[name]))]);
  let state = begin(settings, { err: history.map(failed), ...Object.fromEntries(latency) }, rps * seconds);
  let weight = 0;
  let ticksAtWeight = 0;
  return (tick: Tick): number | 'promote' | 'rollBack' | undefined => {
    const now = Math.round(tick.weight * 100);
    ticksAtWeight = now === weight ? ticksAtWeight + 1 : 1;
    weight = now;
    state = step(settings, state, observed(tick));
    const found = finding(settings, state);
    if (found.rollBack) return 'rollBack';
    return nextStep(settings, found, { mode, weight: now, steps, ticks: state.tick, ticksAtWeight });
  };
};
