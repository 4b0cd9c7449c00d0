/** The figures that must not get worse, each with its bound: the short form of the bench. */
import { calibrate } from './calibrate.ts';
import { FAULTS, HEALTHY } from './scenarios.ts';
import type { RuleName } from './simulate.ts';
import { type Summary, summarise } from './tables.ts';

interface Headline {
  readonly say: string;
  readonly value: number;
  /** At most. */
  readonly bound: number;
}

const ROLLOUTS = 100;
const of = (name: string, rps: number, base: number, rule: RuleName, lag = 0): Summary => {
  const scenario = [...HEALTHY, ...FAULTS].find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario is called ${name}`);
  return summarise(rule, { scenario, base, rps, lag }, ROLLOUTS);
};

/** Bounds are judge.md's figures with room for the chance of 100 rollouts. */
export const headlines = (): readonly Headline[] => {
  const half = of('err+0.5%', 100, 0.001, 'seq guarded');
  const one = of('err+1%', 100, 0.001, 'seq guarded');
  const big = of('err+50%', 100, 0.001, 'seq guarded');
  const slow = of('lat x1.3', 100, 0.001, 'seq guarded');
  const { bound } = calibrate(1000);
  return [
    { say: 'false rollbacks of 1000 healthy, upper 99 % bound in %', value: bound * 100, bound: 1 },
    {
      say: 'clean at base 1 %, 100 rps: rolled back %',
      value: of('clean', 100, 0.01, 'seq guarded').rolledBack,
      bound: 1,
    },
    { say: '+0.5 points at 100 rps: promoted anyway %', value: half.promoted, bound: 2 },
    { say: '+0.5 points at 100 rps: failed requests', value: half.failed, bound: 26 },
    { say: '+1 point at 100 rps: failed requests', value: one.failed, bound: 19 },
    { say: '+50 points at 100 rps: failed requests', value: big.failed, bound: 160 },
    { say: 'latency x1.3 at 100 rps: promoted anyway %', value: slow.promoted, bound: 1 },
    {
      say: 'clean at 20 rps: minutes to promotion, guarded',
      value: of('clean', 20, 0.001, 'seq guarded').minutes,
      bound: 10,
    },
    {
      say: 'clean at 100 rps: minutes to promotion, fast',
      value: of('clean', 100, 0.001, 'seq fast').minutes,
      bound: 6,
    },
    {
      say: '+1 point at 100 rps, 2 min late: failed requests',
      value: of('err+1%', 100, 0.001, 'seq guarded', 2).failed,
      bound: 28,
    },
  ];
};
