/** One rollout under one rule. */
import { windowFor } from '../../lambdas/core/judge/sequential/read-past.ts';
import { sequential } from './ours.ts';
import { defaultFlagger, kayenta, type Rule, tunedFlagger, zTest } from './peers.ts';
import { historyOf, type Scenario, tickOf } from './traffic.ts';

/** Minutes until the deadline. */
export const HORIZON = 60;
export const STEPS: readonly number[] = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50];
/** Minutes of history that the product reads: more where there is less traffic (sequential/read-past.ts). */
export const historyTicks = (rps: number): number => windowFor(rps) / 60;

export const RULES = [
  'flagger N=5',
  'flagger N=1',
  'flagger tuned',
  'kayenta ramp',
  'z-test peeking',
  'seq guarded',
  'seq fast',
] as const;
export type RuleName = (typeof RULES)[number];

export interface Ending {
  readonly outcome: 'promoted' | 'rolledBack' | 'inconclusive';
  readonly minutes: number;
  /** Excess failed requests until the decision, and until minute 60 with a promoted release at all traffic. */
  readonly failed: number;
  readonly withinHour: number;
  /** Canary requests until the decision: what a slow release costs. */
  readonly exposed: number;
}

export interface Cell {
  readonly scenario: Scenario;
  readonly base: number;
  readonly rps: number;
  /** Minutes by which metrics are late. */
  readonly lag: number;
}

type Decide = (tick: ReturnType<typeof tickOf>) => number | 'promote' | 'rollBack' | undefined;

const onRamp =
  (rule: Rule): Decide =>
  (tick) => {
    const weight = Math.round(tick.weight * 100);
    const move = rule(tick, weight >= (STEPS.at(-1) ?? 0));
    return move === 'up' ? STEPS.find((step) => step > weight) : move === 'stay' ? undefined : move;
  };

const ruleOf = (name: RuleName, { scenario, base, rps }: Cell, rollout: number): Decide => {
  switch (name) {
    case 'flagger N=5':
      return onRamp(defaultFlagger(5)());
    case 'flagger N=1':
      return onRamp(defaultFlagger(1)());
    case 'flagger tuned':
      return onRamp(tunedFlagger(base)());
    case 'kayenta ramp':
      return onRamp(kayenta());
    case 'z-test peeking':
      return onRamp(zTest());
    default: {
      const history = historyOf(scenario, base, rps, rollout, historyTicks(rps));
      // A limit at the base rate itself is no limit: the tuned peers get twice it and more.
      const limit = Math.max(0.01, 2 * base);
      return sequential(name === 'seq fast' ? 'fast' : 'guarded', history, rps, STEPS, HORIZON, limit);
    }
  }
};

export const simulate = (name: RuleName, cell: Cell, rollout: number): Ending => {
  const { scenario, base, rps, lag } = cell;
  const decide = ruleOf(name, cell, rollout);
  const waiting: ReturnType<typeof tickOf>[] = [];
  let weight = STEPS[0] ?? 5;
  let failed = 0;
  let exposed = 0;
  for (let minute = 1; minute <= HORIZON; minute += 1) {
    const tick = tickOf(scenario, base, rps, rollout, minute, weight / 100);
    failed += tick.excess;
    exposed += tick.canary.requests;
    waiting.push(tick);
    const seen = waiting.length > lag ? waiting.shift() : undefined;
    const move = seen === undefined ? undefined : decide(seen);
    const ending = { minutes: minute, failed, withinHour: failed, exposed };
    if (move === 'rollBack') return { outcome: 'rolledBack', ...ending };
    if (move === 'promote') {
      let withinHour = failed;
      if (!scenario.healthy)
        for (let rest = minute + 1; rest <= HORIZON; rest += 1)
          withinHour += tickOf(scenario, base, rps, rollout, rest, 1).excess;
      return { outcome: 'promoted', ...ending, withinHour };
    }
    if (typeof move === 'number' && move > weight) weight = move;
  }
  return { outcome: 'inconclusive', minutes: HORIZON, failed, withinHour: failed, exposed };
};
