import { errorsChart } from './charts/errors.ts';
import { latencyChart } from './charts/latency.ts';
import { weightsChart } from './charts/weights.ts';
import type { ReportData, ReportedRollout } from './data.ts';
import { type Html, html, none, Html as Raw } from './html.ts';
import { drawPath } from './state-graph/draw.ts';
import type { Definition } from './state-graph/layout.ts';
import { eventTable, traceTable, verdictTable } from './tables.ts';
import { clockTime, count, percent, verdictOn } from './words.ts';

/** Seconds shown before a rollout and after it, so that its edges can be seen. */
const AROUND = 60;

const spanOf = ({ startedAt, endedAt, weights }: ReportedRollout['rollout'], end: number) => {
  const last = Math.max(endedAt ?? end, weights.at(-1)?.[0] ?? 0);
  return { from: Math.max(0, startedAt - AROUND), to: Math.max(last + AROUND, startedAt + AROUND) };
};

const facts = ({ rollout }: ReportedRollout): Html => {
  const {
    startedAt,
    endedAt,
    canaryRequests,
    canaryFailures,
    stateTransitions,
    lambdaInvocations,
    apiCalls,
    execution,
    error,
  } = rollout;
  const calls = Object.values(apiCalls).reduce((sum, times) => sum + times, 0);
  const rows: readonly (readonly [string, string])[] = [
    ['Execution', execution ?? 'none'],
    ...(error === null ? [] : [['Error', error] as const]),
    ['From, to', `${clockTime(startedAt)} – ${endedAt === null ? 'the end' : clockTime(endedAt)}`],
    [
      'Canary requests',
      `${count(canaryRequests)}, ${count(canaryFailures)} failed (${percent(canaryFailures, canaryRequests)})`,
    ],
    ['State transitions', `${count(stateTransitions)} billed`],
    ['Calls', `${count(lambdaInvocations)} Lambda invocations, ${count(calls)} API calls`],
  ];
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
};

const graph = ({ visits, rollout }: ReportedRollout, definition: Definition): Html => {
  const states = visits.map(({ state }) => state);
  const label = `The ${new Set(states).size} states that ${rollout.version} went through, from ${states[0] ?? ''} to ${states.at(-1) ?? ''}; each stands in the table of the execution`;
  return html`<figure class="path"><figcaption>The path through the state machine <span class="unit">${states.length} states entered, of ${Object.keys(definition.States).length} that there are; dashed: on an error</span></figcaption>
<div class="scroll" tabindex="0" role="group" aria-label="The path through the state machine">${new Raw(drawPath(definition, states, label))}</div></figure>`;
};

/** One rollout: its verdict first, then what it was decided on, then how it went. */
export const rolloutSection = (reported: ReportedRollout, data: ReportData, definition: Definition): Html => {
  const { rollout, visits, verdicts } = reported;
  const heading = html`<h3><b class="outcome ${rollout.outcome}">${rollout.outcome}</b> ${rollout.version}</h3>
${data.rollouts.length > 1 ? html`<p class="verdict">${verdictOn(rollout)}.</p>` : none}`;
  if (rollout.execution === null) return html`<section class="rollout">${heading}</section>`;
  const time = spanOf(rollout, data.result.virtualSeconds);
  const periods = data.traffic.filter(({ start, end }) => end > time.from && start < time.to);
  return html`<section class="rollout">
${heading}
${facts(reported)}
<div class="charts">
${weightsChart(rollout, time, data.lag)}
${errorsChart(periods, time, data.limits)}
${latencyChart(periods, time, data.limits)}
</div>
${verdictTable(verdicts, data.limits)}
${visits.length === 0 ? none : graph(reported, definition)}
${eventTable('Events', rollout.events)}
${traceTable(visits)}
</section>`;
};
