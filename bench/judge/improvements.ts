/** What might make the judge better, on the same draws: a longer history, finer ticks, a third copy to compare with. */
import { sequential } from './ours.ts';
import { FAULTS, HEALTHY } from './scenarios.ts';
import { HORIZON, STEPS } from './simulate.ts';
import { heading, row } from './tables.ts';
import { historyOf, type Scenario, tickOf } from './traffic.ts';

/** A way to run the guarded judge. */
export interface Variant {
  readonly name: string;
  /** Minutes of history. */
  readonly history: number;
  /** Seconds of a tick, and by which metrics are late. */
  readonly tick: number;
  readonly late: number;
  /** Compared with a third copy as young as the canary, not with the primary. */
  readonly baseline?: boolean;
}

interface Cell {
  readonly scenario: Scenario;
  readonly base: number;
  readonly rps: number;
}

interface End {
  readonly outcome: 'promoted' | 'rolledBack' | 'inconclusive';
  readonly minutes: number;
  readonly failed: number;
  /** Canary requests until the decision. */
  readonly exposed: number;
}

/** A weight is kept for a minute at least, however long a tick is. */
const STEP_SECONDS = 60;

/** One rollout; metrics are late by the variant's `late`. */
export const simulateVariant = (
  { history, tick: seconds, late, baseline = false }: Variant,
  cell: Cell,
  rollout: number,
): End => {
  const { scenario, base, rps } = cell;
  const ticks = (HORIZON * 60) / seconds;
  const past = historyOf(scenario, base, rps, rollout, (history * 60) / seconds, seconds);
  const decide = sequential('guarded', past, rps, STEPS, ticks, Math.max(0.01, 2 * base), seconds);
  const waiting: ReturnType<typeof tickOf>[] = [];
  let [weight, since, failed, exposed] = [STEPS[0] ?? 5, 0, 0, 0];
  const end = (outcome: End['outcome'], tick: number): End => ({
    outcome,
    minutes: (tick * seconds) / 60,
    failed,
    exposed,
  });
  for (let tick = 1; tick <= ticks; tick += 1) {
    const drawn = tickOf(scenario, base, rps, rollout, tick, weight / 100, { seconds, baseline });
    failed += drawn.excess;
    exposed += drawn.canary.requests;
    waiting.push(drawn.baseline === undefined ? drawn : { ...drawn, primary: drawn.baseline });
    const seen = waiting.length > late / seconds ? waiting.shift() : undefined;
    const move = seen === undefined ? undefined : decide(seen);
    if (move === 'rollBack') return end('rolledBack', tick);
    if (move === 'promote') return end('promoted', tick);
    const kept = (tick - since) * seconds >= STEP_SECONDS;
    if (typeof move === 'number' && move > weight && kept) [weight, since] = [move, tick];
  }
  return end('inconclusive', ticks);
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const cellText = (variant: Variant, cell: Cell, rollouts: number): string => {
  const ends = Array.from({ length: rollouts }, (_, rollout) => simulateVariant(variant, cell, rollout));
  const share = (outcome: End['outcome']): string =>
    ((ends.filter((one) => one.outcome === outcome).length * 100) / rollouts).toFixed(0);
  const right = cell.scenario.healthy ? 'promoted' : 'rolledBack';
  const wrong = cell.scenario.healthy ? 'rolledBack' : 'promoted';
  const minutes = median(ends.filter(({ outcome }) => outcome === right).map((one) => one.minutes));
  const failed = ends.reduce((sum, one) => sum + one.failed, 0) / rollouts;
  const cost =
    failed > 0
      ? `${failed.toFixed(failed < 10 ? 1 : 0)} failed`
      : `${median(ends.map((one) => one.exposed))} exposed`;
  return (
    `${right} ${share(right)} %, ${wrong} ${share(wrong)} %; ` +
    `${Number.isNaN(minutes) ? '-' : minutes.toFixed(1)} min${cell.scenario.healthy ? '' : `; ${cost}`}`
  );
};

const table = (
  title: string,
  variants: readonly Variant[],
  cells: readonly Cell[],
  rollouts: number,
  print: (line: string) => void,
): void => {
  print(`\n### ${title}\n`);
  for (const line of heading(['release', 'base', 'rps', ...variants.map(({ name }) => name)])) print(line);
  for (const cell of cells)
    print(
      row([
        cell.scenario.name,
        `${cell.base * 100} %`,
        String(cell.rps),
        ...variants.map((variant) => cellText(variant, cell, rollouts)),
      ]),
    );
};

/** Copies that have just started fail and are slow for three minutes, whatever their version. */
const COLD = (scenario: Scenario, name: string): Scenario => ({
  ...scenario,
  name,
  fresh: (usual, minute) =>
    minute <= 3 ? { ...usual, errors: usual.errors + 0.02, scale: usual.scale * 3 } : usual,
});
/** The primary has run for weeks and is a third slower than a fresh copy of the same version. */
const OLD = (scenario: Scenario, name: string): Scenario => ({
  ...scenario,
  name,
  aged: (usual) => ({ ...usual, scale: usual.scale * 1.3 }),
});

const find = (name: string): Scenario => {
  const found = [...HEALTHY, ...FAULTS].find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`no scenario is called ${name}`);
  return found;
};
const cellsOf = (...of: readonly (readonly [string | Scenario, number, number])[]): Cell[] =>
  of.map(([scenario, base, rps]) => ({
    scenario: typeof scenario === 'string' ? find(scenario) : scenario,
    base,
    rps,
  }));

const PLAIN: Variant = { name: 'as it is', history: 180, tick: 60, late: 0 };

/** Ticks of ten seconds, at once. */
export const TEN_SECONDS: Variant = { ...PLAIN, name: '10 s, at once', tick: 10 };

export const improvements = (rollouts: number, print: (line: string) => void): void => {
  table(
    'History of the primary',
    [
      { ...PLAIN, name: '3 hours' },
      { ...PLAIN, name: '12 hours', history: 720 },
    ],
    cellsOf(
      ['clean', 0.001, 1],
      ['clean', 0.01, 5],
      ['err+1%', 0.001, 5],
      ['err+0.5%', 0.001, 20],
      ['err+0.5%', 0.001, 100],
      ['bursts of 5', 0.01, 20],
      ['noise that stays, CV .3', 0.01, 20],
    ),
    rollouts,
    print,
  );
  const fine = { ...PLAIN, history: 180 };
  table(
    'Ticks of 10 s',
    [
      { ...fine, name: '60 s, at once' },
      TEN_SECONDS,
      { ...fine, name: '60 s, 2 min late', late: 120 },
      { ...fine, name: '10 s, 30 s late', tick: 10, late: 30 },
    ],
    cellsOf(
      ['clean', 0.001, 100],
      ['clean', 0.01, 100],
      ['shared incident', 0.001, 100],
      ['bursts of 5', 0.01, 100],
      ['err+0.5%', 0.001, 100],
      ['err+1%', 0.001, 100],
      ['err+5%', 0.001, 100],
      ['err+50%', 0.001, 100],
      ['lat x1.3', 0.001, 100],
      ['err+1%', 0.001, 20],
    ),
    rollouts,
    print,
  );
  const long = { ...PLAIN, history: 720 };
  table(
    'A third copy as young as the canary',
    [
      { ...long, name: 'against the primary' },
      { ...long, name: 'against the third copy', baseline: true },
    ],
    cellsOf(
      ['clean', 0.001, 5],
      ['clean', 0.001, 100],
      [COLD(find('clean'), 'clean, cold start'), 0.001, 100],
      [COLD(find('err+5%'), 'err+5%, cold start'), 0.001, 100],
      ['noise that stays, CV .3', 0.01, 100],
      ['err+0.5%', 0.001, 20],
      ['err+0.5%', 0.001, 100],
      ['err+5%', 0.001, 100],
      ['lat x1.3', 0.001, 100],
      [OLD(find('clean'), 'clean, primary x1.3 slower with age'), 0.001, 100],
      [OLD(find('lat x1.3'), 'lat x1.3, hidden by the aged primary'), 0.001, 100],
    ),
    rollouts,
    print,
  );
};
