/** Limits alone, as with A/B and blue/green: what the canary's own counts decide, beside Flagger's rule on the same draws. */
import { binomial, poisson, type Random, random } from '../../lambdas/core/forecast/random.ts';
import type { SideCounts } from '../../lambdas/core/judge/sequential/counts.ts';
import { defaultSettings, limitMetric } from '../../lambdas/core/judge/sequential/settings.ts';
import { begin, type History } from '../../lambdas/core/judge/sequential/state.ts';
import { finding, step } from '../../lambdas/core/judge/sequential/step.ts';
import { upperBound } from './calibrate.ts';
import { heading, row } from './tables.ts';

const MINUTES = 60;
const LIMIT = 0.01;
/** Iterations of Flagger's rule. */
const ITERATIONS = 10;
const base = defaultSettings(MINUTES);
const { err } = base.metrics;
const settings = {
  ...base,
  decides: 'limits' as const,
  metrics: err === undefined ? {} : { err },
  limits: { success: limitMetric('err', LIMIT) },
};

interface Cell {
  /** Requests a second that the canary gets, and the share of them that fails, in groups of `burst`. */
  readonly rps: number;
  readonly rate: number;
  readonly burst: number;
}

const minute = (draw: Random, { rps, rate, burst }: Cell): SideCounts => {
  const requests = poisson(draw, rps * 60);
  const bad = burst === 1 ? binomial(draw, requests, rate) : burst * poisson(draw, (requests * rate) / burst);
  return { requests, bad: Math.min(bad, requests) };
};

interface Ending {
  readonly outcome: 'promoted' | 'rolledBack' | 'inconclusive';
  readonly minutes: number;
  readonly failed: number;
}
type Rule = (next: () => SideCounts, history: History) => Ending['outcome'];

const NOBODY: SideCounts = { requests: 0, bad: 0 };

/** The canary has all traffic, so the primary has none. */
const ours: Rule = (next, history) => {
  let state = begin(settings, history);
  for (let ticks = 0; ticks < MINUTES; ticks += 1) {
    state = step(settings, state, { metrics: {}, limits: { success: { canary: next(), primary: NOBODY } } });
    const { rollBack, promotable, hold } = finding(settings, state);
    if (rollBack) return 'rolledBack';
    if (promotable && !hold) return 'promoted';
  }
  return 'inconclusive';
};

/** A minute beyond the limit fails a check; the rollback comes one minute after the last one allowed (scheduler.go). */
const flagger =
  (threshold: number): Rule =>
  (next) => {
    let [failed, passed] = [0, 0];
    for (let ticks = 0; ticks < MINUTES; ticks += 1) {
      const { requests, bad } = next();
      if (failed >= threshold) return 'rolledBack';
      if (requests === 0 || bad > requests * LIMIT) failed += 1;
      else passed += 1;
      if (passed >= ITERATIONS) return 'promoted';
    }
    return 'inconclusive';
  };

const RULES: Readonly<Record<string, Rule>> = {
  'limits, sequential': ours,
  'Flagger, threshold 5': flagger(5),
  'Flagger, threshold 1': flagger(1),
};

/** The same rollout has the same draws under each rule. Three hours of a primary at a tenth of the limit came before. */
const simulate = (rule: Rule, cell: Cell, rollout: number): Ending => {
  const draw = random(rollout, Math.round(cell.rate * 1e6), cell.rps, cell.burst);
  const past = { ...cell, rate: LIMIT / 10 };
  const history = { err: Array.from({ length: 180 }, () => minute(draw, past)) };
  let [minutes, failed] = [0, 0];
  const outcome = rule(() => {
    const counts = minute(draw, cell);
    minutes += 1;
    failed += counts.bad;
    return counts;
  }, history);
  return { outcome, minutes, failed };
};

const summary = (rule: Rule, cell: Cell, rollouts: number): string => {
  const endings = Array.from({ length: rollouts }, (_, rollout) => simulate(rule, cell, rollout));
  const share = (outcome: Ending['outcome']) =>
    Math.round((endings.filter((ending) => ending.outcome === outcome).length * 100) / rollouts);
  const minutes = endings.map((ending) => ending.minutes).sort((a, b) => a - b)[Math.floor(rollouts / 2)];
  const failed = endings.reduce((sum, ending) => sum + ending.failed, 0) / rollouts;
  return `${share('promoted')} / ${share('rolledBack')} / ${share('inconclusive')}; ${minutes} min, ${Math.round(failed)} failed`;
};

const RATES = [0.001, 0.005, 0.008, 0.015, 0.02, 0.05, 0.5];

/** What each rule does to releases within and beyond a limit of 1 %, and how often ours is wrong. */
export const limitsAlone = (rollouts: number, print: (line: string) => void): void => {
  print('### A limit of 1 %: promoted / rolled back / inconclusive %; median minutes; failed requests');
  for (const line of heading(['failing', 'requests a second', ...Object.keys(RULES)])) print(line);
  for (const rate of RATES)
    for (const rps of [1, 5, 20, 100])
      print(
        row([
          `${rate * 100} %`,
          String(rps),
          ...Object.values(RULES).map((rule) => summary(rule, { rps, rate, burst: 1 }, rollouts)),
        ]),
      );
  for (const burst of [1, 5]) {
    let wrong = 0;
    const within = [0.005, 0.008, 0.01].flatMap((rate) => [5, 20, 100].map((rps) => ({ rps, rate, burst })));
    const all = within.length * 10 * rollouts;
    for (let rollout = 0; rollout < all; rollout += 1) {
      const cell = within[rollout % within.length];
      if (cell !== undefined && simulate(ours, cell, rollout).outcome === 'rolledBack') wrong += 1;
    }
    const bound = (upperBound(wrong, all) * 100).toFixed(3);
    print(
      `failures in groups of ${burst}: ${wrong} of ${all} releases at 0.5, 0.8 and 1 % were rolled back, at most ${bound} % (99 % confidence)`,
    );
  }
};
