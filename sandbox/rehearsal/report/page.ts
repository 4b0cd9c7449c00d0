import { readFileSync } from 'node:fs';
import type { ReportData } from './data.ts';
import { Html, html, none } from './html.ts';
import { rolloutSection } from './rollout-section.ts';
import type { Definition } from './state-graph/layout.ts';
import { alertTable, eventTable } from './tables.ts';
import { clockTime, count, percent, verdictOf } from './words.ts';

/** A rehearsal that could not be run: it has its place on the page all the same. */
export interface NotRehearsed {
  readonly file: string;
  readonly broken: string;
}

/** In the order in which they override each other. */
const STYLES = ['base', 'charts', 'tables', 'graph', 'print'] as const;

const style = (): Html =>
  new Html(
    STYLES.map((name) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8')).join('\n'),
  );

const idOf = (index: number): string => `scenario-${index + 1}`;

const badge = (data: ReportData): Html =>
  data.asAsked ? html`<b class="asked yes">as asked</b>` : html`<b class="asked no">not as asked</b>`;

const numbers = ({ result, service, judge, file }: ReportData): Html => {
  const { requests, failedRequests, virtualSeconds, seed, final } = result;
  const rows: readonly (readonly [string, string])[] = [
    ['Service', service],
    ['Judge', judge],
    [
      'Requests',
      `${count(requests)}, ${count(failedRequests)} failed (${percent(failedRequests, requests)})`,
    ],
    ['Virtual time', clockTime(virtualSeconds)],
    [
      'Primary at the end',
      `${final.primaryVersion}, ${final.weights.primary} % of the route${final.locked ? ', locked' : ''}`,
    ],
    ['Scenario', `${file}, seed ${seed}`],
  ];
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
};

const scenario = (data: ReportData, index: number, definition: Definition): Html => html`
<section class="scenario" id="${idOf(index)}" aria-labelledby="${idOf(index)}-name">
<p class="verdict first">${verdictOf(data)}</p>
<h2 id="${idOf(index)}-name">${data.result.name} ${badge(data)}</h2>
${data.unmet.length === 0 ? none : html`<ul class="unmet">${data.unmet.map((line) => html`<li>${line}</li>`)}</ul>`}
${numbers(data)}
${data.rollouts.map((rollout) => rolloutSection(rollout, data, definition))}
${eventTable('Outside any rollout', data.result.events)}
${alertTable(data.result.alerts)}
</section>`;

const notRehearsed = ({ file, broken }: NotRehearsed, index: number): Html => html`
<section class="scenario" id="${idOf(index)}"><h2>${file} <b class="asked no">not rehearsed</b></h2><p>${broken}</p></section>`;

const line = (told: ReportData | NotRehearsed, index: number): Html =>
  'broken' in told
    ? html`<li><b class="asked no">not rehearsed</b> <a href="#${idOf(index)}">${told.file}</a></li>`
    : html`<li>${badge(told)} <a href="#${idOf(index)}">${told.result.name}</a> <span>${verdictOf(told)}</span></li>`;

/** What stands before several rehearsals: how many were as asked, and a line each. */
const index = (all: readonly (ReportData | NotRehearsed)[]): Html => {
  const good = all.filter((told) => !('broken' in told) && told.asAsked).length;
  return html`<header><h1>${good} of ${all.length} rehearsals ended as asked</h1><nav aria-label="Rehearsals"><ol>${all.map(line)}</ol></nav></header>`;
};

/**
 * One page for a run of rehearsals, whole in itself: no script, nothing that is fetched.
 * @param definition the state machine that they ran
 */
export const reportPage = (all: readonly (ReportData | NotRehearsed)[], definition: Definition): string => {
  const [only] = all;
  const title =
    all.length === 1 && only !== undefined
      ? 'broken' in only
        ? only.file
        : only.result.name
      : `${all.length} rehearsals`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style()}</style>
</head>
<body>
<svg class="defs" aria-hidden="true"><defs><marker id="way" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs></svg>
<main>
${all.length > 1 ? index(all) : html`<h1 class="kind">Rehearsal</h1>`}
${all.map((told, at) => ('broken' in told ? notRehearsed(told, at) : scenario(told, at, definition)))}
</main>
<footer>Written by <code>stepcanary rehearse --report</code>. Times are minutes and seconds of virtual time since the scenario began.</footer>
</body>
</html>
`.text;
};
