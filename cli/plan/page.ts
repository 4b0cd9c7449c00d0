/** One spec's plan, as a page of 80 columns. */
import type { Chances } from '../../lambdas/core/forecast/chances.ts';
import type { Speed } from '../../lambdas/core/forecast/speed.ts';
import { formatDuration } from '../../lambdas/core/spec/duration.ts';
import type { Planned } from './planned.ts';
import { columns, cost, minutes, rate, regressionName, share, wrapped } from './words.ts';

const LABEL = 9;
const labelled = (label: string, text: string): string =>
  wrapped(`${label.padEnd(LABEL - 1)} ${text}`, LABEL);

const stepLine = ({ course, shortest, times }: Planned): string => {
  const { settle, period, delay } = times;
  const each = [settle, period, delay].map(formatDuration);
  return (
    `${course}. Each share settles for ${each[0]}, fills a period of ${each[1]} and waits ${each[2]} for its ` +
    `metrics: at least ${minutes(shortest)}, and what pods take to start.`
  );
};

const healthyLine = ({ healthy, times }: Planned): string => {
  const { promoted, rolledBack, inconclusive, half, nineInTen } = healthy;
  const when =
    half === undefined
      ? ''
      : `, half of them within ${minutes(half)}${nineInTen === undefined ? '' : `, nine in ten within ${minutes(nineInTen)}`}`;
  const open =
    inconclusive === 0 ? '' : `; ${share(inconclusive)} inconclusive at ${formatDuration(times.deadline)}`;
  const wrong = rolledBack === 0 ? '' : `; ${share(rolledBack)} rolled back though healthy`;
  return `${share(promoted)} promoted${when}${open}${wrong}.`;
};

const regressionRows = (all: readonly Chances[]): string[] =>
  columns([
    ['A release with', 'is stopped', 'half within', 'it costs until decided'],
    ...all.map((of) => [regressionName(of.regression), share(of.rolledBack), minutes(of.half), cost(of)]),
  ]);

const smallestOf = (kind: string, of: Chances | null): string =>
  of === null
    ? `no ${kind} of those tried`
    : `${regressionName(of.regression)} (half within ${minutes(of.half)}, ${cost(of)})`;

/** The smallest regressions that nine in ten rollouts stop, how soon, and what that costs. */
export const smallestLine = ({ smallest: { errors, latency } }: Planned): string =>
  [
    ...(errors === undefined ? [] : [smallestOf('rise of errors', errors)]),
    ...(latency === undefined ? [] : [smallestOf('latency', latency)]),
  ].join('; ');

const VERDICTS: Readonly<Record<Speed, string>> = {
  minutes: 'Decided in minutes.',
  'an hour': 'Decided within an hour.',
  hours: 'Decided, but it takes hours.',
  never: 'This needs more traffic or more time: most healthy releases would not be proven.',
};

const FALSE_ALARMS = 0.02;
const OVERLOOKED = 0.1;

/** The largest of the regressions that were asked of and that is promoted more than now and then. */
const overlooked = (regressions: readonly Chances[]): string => {
  const worst = regressions.findLast(
    ({ regression, promoted }) => regression.errors > 0 && promoted > OVERLOOKED,
  );
  return worst === undefined
    ? ''
    : ` But a release with ${regressionName(worst.regression)} is promoted too, in ${share(worst.promoted)}.`;
};

/** What the plan comes to, in one or two sentences. */
export const verdict = ({
  healthy,
  speed,
  regressions,
}: Pick<Planned, 'healthy' | 'speed' | 'regressions'>): string =>
  healthy.rolledBack > FALSE_ALARMS
    ? `This judge rolls back ${share(healthy.rolledBack)} of healthy releases: its limits are too close to what is usual.`
    : `${VERDICTS[speed]}${overlooked(regressions)}`;

const adviceLines = ({ advice, speed }: Planned): string[] => {
  if (advice.length === 0)
    return speed === 'minutes' ? [] : ['Nothing tried makes it faster by a class: see docs/judge.md.'];
  const lines = advice.map(({ change, healthy }) =>
    wrapped(
      `- ${change}: ${share(healthy.promoted)} promoted, nine in ten within ${minutes(healthy.nineInTen)}`,
      2,
    ),
  );
  return ['What would help, each alone:', ...lines];
};

/** The whole page, ending with a newline. */
export const page = (planned: Planned): string => {
  const { service, judge, traffic, regressions, draws, leftOut } = planned;
  const bursts = traffic.burst > 1.5 ? `, in bursts of ${traffic.burst.toFixed(1)}` : '';
  return `${[
    wrapped(
      `${service}: ${judge}; ${Number(traffic.rps.toPrecision(3))} requests a second, ${rate(traffic.errors)} of them failing${bursts} (${traffic.from})`,
      2,
    ),
    '',
    labelled('Steps', stepLine(planned)),
    labelled('Healthy', healthyLine(planned)),
    ...(regressions.length === 0 ? [] : ['', ...regressionRows(regressions)]),
    '',
    labelled('Smallest', `that nine in ten rollouts stop: ${smallestLine(planned)}`),
    labelled('Verdict', verdict(planned)),
    ...adviceLines(planned),
    ...(leftOut.length === 0
      ? []
      : [labelled('Left out', `${leftOut.join(', ')}: traffic decides none of it.`)]),
    '',
    wrapped(`${draws} rollouts were played for each figure, by the judge itself on drawn traffic.`, 0),
  ].join('\n')}\n`;
};
