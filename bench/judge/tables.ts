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
  readonly exposed: number;
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
    exposed: median(endings.map(({ exposed }) => exposed)),
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

const minutesOf = ({ minutes }: Summary): string => (Number.isNaN(minutes) ? '-' : String(minutes));

const faultCell = (found: Summary, scenario: Scenario): string => {
  const cost = hasErrors(scenario)
    ? `${found.failed.toFixed(0)} / ${found.withinHour.toFixed(0)}`
    : found.exposed.toFixed(0);
  return `miss ${found.promoted.toFixed(0)} inc ${found.inconclusive.toFixed(0)}; ${minutesOf(found)} min; ${cost}`;
};

const hasErrors = ({ name }: Scenario): boolean => !name.startsWith('lat');

/** S3: releases with faults, at a base of 0.1 %. */
export const faultTables = (size: Size, print: (line: string) => void): void => {
  for (const scenario of FAULTS) {
    const cost = hasErrors(scenario)
      ? 'failed requests until decision / within the hour'
      : 'canary requests until decision';
    const title = `**${scenario.name}**: missed %, inconclusive %; median min; ${cost}`;
    for (const line of ['', title, '', ...heading(['rps', ...RULES])]) print(line);
    for (const rps of size.rps)
      print(
        row([
          String(rps),
          ...RULES.map((rule) => faultCell(per(size, scenario, 0.001, rps, rule), scenario)),
        ]),
      );
  }
};

/** At 1 request a second the peers promote what they cannot see: their few failed requests are no merit. */
const BUSY = 5;
/** Where Flagger's default limit does not roll back healthy releases. */
const QUIET_BASES = [0.0001, 0.001];
const LEAST = 0.5;

/** S5: how many times the failed requests of our guarded mode a peer has, as geometric means over traffic and bases. */
export const savings = (size: Size, print: (line: string) => void): void => {
  const faults = FAULTS.filter(({ name }) => /^err\+[\d.]+%$/.test(name));
  for (const scenario of faults) {
    const cells = QUIET_BASES.flatMap((base) =>
      size.rps
        .filter((rps) => rps >= BUSY)
        .map((rps) => (rule: RuleName) => per(size, scenario, base, rps, rule)),
    );
    const ours = cells.map((of) => of('seq guarded'));
    for (const rule of RULES.filter((name) => !name.startsWith('seq'))) {
      const theirs = cells.map((of) => of(rule));
      const ratio = (of: (one: Summary) => number): string => {
        const logs = theirs.map((one, index) => {
          const mine = ours[index];
          return mine === undefined ? 0 : Math.log(Math.max(LEAST, of(one)) / Math.max(LEAST, of(mine)));
        });
        return Math.exp(mean(logs)).toFixed(1);
      };
      print(
        `${scenario.name} against ${rule}: until decision ${ratio((one) => one.failed)}x, ` +
          `within the hour ${ratio((one) => one.withinHour)}x`,
      );
    }
  }
};
