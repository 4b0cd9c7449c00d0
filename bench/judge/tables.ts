/** Tables S1 to S3 and the geometric means, as text. */
import { FAULTS, HEALTHY } from './scenarios.ts';
import { type Cell, type Ending, RULES, type RuleName, simulate } from './simulate.ts';
import type { Scenario } from './traffic.ts';

export interface Size {
  readonly rollouts: number;
  readonly rps: readonly number[];
  readonly bases: readonly number[];
  readonly lag: number;
}

export interface Summary {
  readonly rolledBack: number;
  readonly promoted: number;
  readonly inconclusive: number;
  readonly minutes: number;
  readonly failed: number;
  readonly withinHour: number;
}

const share = (endings: readonly Ending[], outcome: Ending['outcome']): number =>
  (endings.filter((ending) => ending.outcome === outcome).length * 100) / endings.length;
const median = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** All rules see the same draws: the rollouts' numbers are the seeds. */
export const summarise = (rule: RuleName, cell: Cell, rollouts: number): Summary => {
  const endings = Array.from({ length: rollouts }, (_, rollout) => simulate(rule, cell, rollout));
  const decided = cell.scenario.healthy ? 'promoted' : 'rolledBack';
  return {
    rolledBack: share(endings, 'rolledBack'),
    promoted: share(endings, 'promoted'),
    inconclusive: share(endings, 'inconclusive'),
    minutes: median(endings.filter(({ outcome }) => outcome === decided).map(({ minutes }) => minutes)),
    failed: mean(endings.map(({ failed }) => failed)),
    withinHour: mean(endings.map(({ withinHour }) => withinHour)),
  };
};

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
export const heading = (cells: readonly string[]): string[] => [row(cells), row(cells.map(() => '---'))];
const per = (size: Size, scenario: Scenario, base: number, rps: number, rule: RuleName): Summary =>
  summarise(rule, { scenario, base, rps, lag: size.lag }, size.rollouts);

/** S1: the worst share of healthy releases rolled back over all traffic. S2: when clean ones are promoted. */
export const healthyTables = (size: Size, print: (line: string) => void): void => {
  const clean: string[] = [];
  for (const line of [
    '### S1 worst false-rollback % over all traffic',
    ...heading(['scenario', 'base', ...RULES]),
  ])
    print(line);
  for (const scenario of HEALTHY)
    for (const base of size.bases) {
      const found = RULES.map((rule) => size.rps.map((rps) => per(size, scenario, base, rps, rule)));
      print(
        row([
          scenario.name,
          `${base * 100} %`,
          ...found.map((of) => Math.max(...of.map(({ rolledBack }) => rolledBack)).toFixed(1)),
        ]),
      );
      if (scenario.name !== 'clean') continue;
      for (const [index, rps] of size.rps.entries()) {
        const cells = found.map((of) => {
          const { promoted = 0, minutes = Number.NaN } = of[index] ?? {};
          return `${promoted.toFixed(0)} / ${Number.isNaN(minutes) ? '-' : minutes}`;
        });
        clean.push(row([String(rps), `${base * 100} %`, ...cells]));
      }
    }
  const title = '### S2 clean healthy releases: promoted % within 60 min / median min';
  for (const line of ['', title, ...heading(['rps', 'base', ...RULES]), ...clean]) print(line);
};

/** S3 at a base of 0.1 %, and how many failed requests the guarded judge saves: geometric means over the traffic. */
export const faultTables = (size: Size, print: (line: string) => void): void => {
  const means: string[] = [];
  for (const scenario of FAULTS) {
    const title = `**${scenario.name}**: missed %, inconclusive %; median min; failed requests until decision / within the hour`;
    for (const line of ['', title, '', ...heading(['rps', ...RULES])]) print(line);
    const all = size.rps.map((rps) => RULES.map((rule) => per(size, scenario, 0.001, rps, rule)));
    for (const [index, found] of all.entries())
      print(
        row([
          String(size.rps[index]),
          ...found.map(
            (of) =>
              `miss ${of.promoted.toFixed(0)} inc ${of.inconclusive.toFixed(0)}; ` +
              `${Number.isNaN(of.minutes) ? '-' : of.minutes} min; ${of.failed.toFixed(0)} / ${of.withinHour.toFixed(0)}`,
          ),
        ]),
      );
    // At 1 request a second the peers promote what they cannot see: their few failed requests are no merit.
    const busy = all.filter((_, index) => (size.rps[index] ?? 0) >= 5);
    const ours = RULES.indexOf('seq guarded');
    if (!scenario.name.startsWith('err+')) continue;
    for (const [peer, name] of RULES.entries()) {
      if (name.startsWith('seq')) continue;
      const ratio = (of: (one: Summary) => number) =>
        Math.exp(
          mean(
            busy.map((found) => {
              const [theirs, mine] = [found[peer], found[ours]];
              return theirs && mine ? Math.log(Math.max(0.5, of(theirs)) / Math.max(0.5, of(mine))) : 0;
            }),
          ),
        ).toFixed(1);
      means.push(
        `${scenario.name} against ${name}: until decision ${ratio((one) => one.failed)}x, ` +
          `within the hour ${ratio((one) => one.withinHour)}x`,
      );
    }
  }
  for (const line of [
    '',
    '### Geometric means of failed requests, theirs by ours (guarded), from 5 rps',
    ...means,
  ])
    print(line);
};
