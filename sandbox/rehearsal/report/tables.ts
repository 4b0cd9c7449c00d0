import { shownNumber } from '../../../lambdas/core/judge/numbers.ts';
import type { RehearsedAlert, TimedEvent } from '../result.ts';
import { statusOf } from '../trace.ts';
import type { Visit } from '../visits.ts';
import type { ReportedLimit, ReportedVerdict } from './data.ts';
import { type Html, html, none } from './html.ts';
import { clockTime, count, percent } from './words.ts';

/** Stands in a cell that has nothing; on a phone the cell is left out. */
const NOTHING = '–';
const EMPTY = html` class="empty"`;

/** A table whose first cell of each row is its header; on a phone each row is a block. */
const table = (
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
): Html =>
  rows.length === 0
    ? none
    : html`<table><caption>${caption}</caption>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
        (cells) =>
          html`<tr>${cells.map((cell, index) =>
            index === 0
              ? html`<th scope="row" data-head="${heads[index] ?? ''}">${cell}</th>`
              : html`<td${cell === NOTHING ? EMPTY : none} data-head="${heads[index] ?? ''}">${cell}</td>`,
          )}</tr>
`,
      )}</tbody></table>`;

const rateOf = (counts: { requests: number; failures: number } | undefined): Html | string =>
  counts === undefined
    ? 'no data'
    : html`${count(counts.failures)} of ${count(counts.requests)} failed <span class="rate">${percent(counts.failures, counts.requests)}</span>`;

const limitsOf = (limits: readonly ReportedLimit[]): string =>
  limits
    .map(({ name, min, maxMs, percentile, wanted }) => {
      if (wanted !== undefined) return `${name}: ${wanted}`;
      const share = percentile === undefined ? '' : ` at P${percentile}`;
      return `${name}: ${min === undefined ? `at most ${maxMs ?? '?'} ms${share}` : `at least ${min} %`}`;
    })
    .join('; ');

const slowerOf = ({ slower }: ReportedVerdict): string =>
  slower
    .map(({ limitMs, slower: slow, timed }) => `${count(slow)} of ${count(timed)} above ${count(limitMs)} ms`)
    .join('; ') || NOTHING;

const numbersOf = ({ numbers }: ReportedVerdict): string =>
  numbers.map(({ name, value }) => `${name} ${shownNumber(value)}`).join('; ') || NOTHING;

const DECISIONS: Readonly<Record<ReportedVerdict['decision'], string>> = {
  advance: 'advance',
  hold: 'hold',
  ask: 'ask',
  promote: 'promote',
  rollBack: 'roll back',
  reject: 'reject',
  supersede: 'make way',
};

/** A row for each verdict, with the counts that it took in and the sentence that it said. */
export const verdictTable = (
  verdicts: readonly ReportedVerdict[],
  limits: readonly ReportedLimit[],
): Html => {
  const hasNumbers = limits.some(({ wanted }) => wanted !== undefined);
  return table(
    `Verdicts, each with the counts of the periods that it took in. Limits: ${limitsOf(limits)}`,
    [
      'Time',
      'Weight',
      'Verdict',
      'Canary',
      'Primary',
      'Slow canary requests',
      ...(hasNumbers ? ['Numbers'] : []),
      'In words',
    ],
    verdicts.map((verdict) => [
      clockTime(verdict.at),
      `${verdict.weight} %`,
      html`<b class="decision ${verdict.decision}">${DECISIONS[verdict.decision]}</b>`,
      rateOf(verdict.canary),
      rateOf(verdict.primary),
      slowerOf(verdict),
      ...(hasNumbers ? [numbersOf(verdict)] : []),
      verdict.unread === undefined ? verdict.say : `${verdict.say} (not read: ${verdict.unread})`,
    ]),
  );
};

/** What happened, in Flagger's words. */
export const eventTable = (caption: string, events: readonly TimedEvent[]): Html =>
  table(
    caption,
    ['Time', 'Phase', 'Event'],
    events.map(({ at, phase, text }) => [clockTime(at), phase, text]),
  );

/** A chat's marks say nothing on paper. */
const plain = (text: string): string => text.replace(/^:\w+: /, '').replace(/\*/g, '');

/** What people were told. */
export const alertTable = (alerts: readonly RehearsedAlert[]): Html =>
  table(
    'Alerts',
    ['Time', 'Severity', 'Title', 'Text'],
    alerts.map(({ at, severity, title, text }) => [
      clockTime(at),
      html`<b class="severity ${severity}">${severity}</b>`,
      plain(title),
      html`<details><summary>${plain(text.split('\n')[0] ?? '')}</summary><pre>${text}</pre></details>`,
    ]),
  );

/** The execution as the console's table view shows it. */
export const traceTable = (visits: readonly Visit[]): Html =>
  html`<details class="trace"><summary>The execution, state by state (${visits.length})</summary>${table(
    'As the table view of the Step Functions console shows it',
    ['Started after', 'Name', 'Type', 'Status', 'Calls', 'Duration', 'It said'],
    visits.map((visit) => [
      clockTime(visit.startedMs / 1000),
      visit.state,
      visit.type,
      statusOf(visit),
      visit.resource || NOTHING,
      clockTime(visit.durationMs / 1000),
      [visit.say, visit.error].filter((part) => part !== '').join(' ') || NOTHING,
    ]),
  )}</details>`;
