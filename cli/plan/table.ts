/** Many specs' plans, as one table of 80 columns: who is decided in minutes, in an hour, never, and what would help. */
import { speeds } from '../../lambdas/core/forecast/speed.ts';
import { verdict } from './page.ts';
import type { Planned } from './planned.ts';
import { columns, minutes, regressionName, share, wrapped } from './words.ts';

const HEADS = ['SERVICE', 'RPS', 'ERRORS', 'DECIDED IN', '9 IN 10', 'STOPS FROM'];
const WIDEST_SERVICE = 26;

const shortened = (name: string): string =>
  name.length <= WIDEST_SERVICE ? name : `${name.slice(0, WIDEST_SERVICE - 1)}…`;

const smallest = ({ smallest: { errors, latency } }: Planned): string => {
  const of = errors ?? latency;
  return of ? regressionName(of.regression).replace(/ points? of errors/, ' pp') : '-';
};

const cells = (planned: Planned): string[] => {
  const { service, traffic, speed, healthy } = planned;
  return [
    shortened(service),
    String(Number(traffic.rps.toPrecision(3))),
    `${Number((traffic.errors * 100).toPrecision(2))} %`,
    speed === 'never' ? `never (${share(healthy.promoted)})` : speed,
    minutes(healthy.nineInTen),
    smallest(planned),
  ];
};

const helpLine = (planned: Planned): string[] => {
  if (planned.speed === 'minutes') return [];
  const changes = planned.advice.map(({ change, speed }) => `${change} (${speed})`);
  const help = changes.length === 0 ? 'nothing tried makes it faster by a class' : changes.join('; ');
  return [wrapped(`${shortened(planned.service)}: ${help}`, 2)];
};

/** Slowest first: they are what the table is read for. Ends with a newline. */
export const table = (all: readonly Planned[]): string => {
  const sorted = [...all].sort(
    (a, b) => speeds.indexOf(b.speed) - speeds.indexOf(a.speed) || a.service.localeCompare(b.service),
  );
  const counts = speeds.map((speed) => `${all.filter((one) => one.speed === speed).length} ${speed}`);
  const alarms = sorted.filter((one) => verdict(one).startsWith('This judge'));
  const help = sorted.flatMap(helpLine);
  return `${[
    ...columns([HEADS, ...sorted.map(cells)]),
    '',
    `Decided in: ${counts.join(', ')}.`,
    ...(help.length === 0 ? [] : ['', 'What would help, each alone (and what it would be then):', ...help]),
    ...alarms.map((one) => wrapped(`${shortened(one.service)}: ${verdict(one)}`, 2)),
  ].join('\n')}\n`;
};
