import { wantedNumber } from '../../../lambdas/core/judge/numbers.ts';
import { isNumber } from '../../../lambdas/core/spec/metrics.ts';
import type { VerdictRecord } from '../../../lambdas/core/tasks.ts';
import type { Sandbox } from '../../sandbox.ts';
import { describeExecution, historyOf, listExecutions } from '../executions.ts';
import { asAsked, unmet } from '../expectation.ts';
import type { LoadedScenario } from '../load-scenario.ts';
import type { RehearsalResult } from '../result.ts';
import { verdictsOf } from '../service-record.ts';
import { visitsOf } from '../visits.ts';
import type { EvidenceLag, ReportData, ReportedLimit, ReportedRollout, ReportedVerdict } from './data.ts';
import { trafficPeriods } from './traffic-periods.ts';

type Side = 'primary' | 'canary';

const sumOf = ({ periods }: VerdictRecord, side: Side): ReportedVerdict[Side] => {
  const counts = periods.flatMap((period) => period[side] ?? []);
  if (counts.length === 0) return undefined;
  return {
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    failures: counts.reduce((sum, { failures }) => sum + failures, 0),
  };
};

/** Canary requests above each limit in the verdict's periods. */
const slowerOf = ({ periods }: VerdictRecord): ReportedVerdict['slower'] => {
  const sums = new Map<string, { slower: number; timed: number }>();
  for (const { canary } of periods) {
    for (const [limit, slower] of Object.entries(canary?.slower ?? {})) {
      const before = sums.get(limit) ?? { slower: 0, timed: 0 };
      sums.set(limit, { slower: before.slower + slower, timed: before.timed + (canary?.timed ?? 0) });
    }
  }
  return [...sums]
    .map(([limit, sum]) => ({ limitMs: Number(limit), ...sum }))
    .sort((a, b) => a.limitMs - b.limitMs);
};

/** What each plain number was at the end of the newest period that had it. */
const numbersIn = ({ periods }: VerdictRecord): ReportedVerdict['numbers'] =>
  Object.entries(
    Object.assign({}, ...periods.map(({ numbers }) => numbers ?? {})) as Record<string, number>,
  ).map(([name, value]) => ({ name, value }));

const verdictOf = (record: VerdictRecord, start: number): ReportedVerdict => {
  const { now, tick, weight, decision, say, periods, unread } = record;
  const [canary, primary] = [sumOf(record, 'canary'), sumOf(record, 'primary')];
  return {
    at: Math.floor((Date.parse(now) - start) / 1000),
    tick,
    weight,
    decision,
    say,
    periods: periods.length,
    ...(canary !== undefined && { canary }),
    ...(primary !== undefined && { primary }),
    slower: slowerOf(record),
    numbers: numbersIn(record),
    ...(unread !== undefined && { unread }),
  };
};

const rolloutsOf = async (
  sandbox: Sandbox,
  service: string,
  { rollouts }: RehearsalResult,
  start: number,
): Promise<ReportedRollout[]> => {
  const executions = await listExecutions(sandbox);
  const reported: ReportedRollout[] = [];
  for (const rollout of rollouts) {
    const execution = executions.find(({ name }) => name === rollout.execution);
    if (execution === undefined) {
      reported.push({ rollout, visits: [], verdicts: [] });
      continue;
    }
    const { startDate } = await describeExecution(sandbox, execution.executionArn);
    const verdicts = await verdictsOf(sandbox, service, execution.name);
    reported.push({
      rollout,
      startedAt: startDate.getTime(),
      visits: visitsOf(await historyOf(sandbox, execution.executionArn)),
      verdicts: verdicts.map((record) => verdictOf(record, start)),
    });
  }
  return reported;
};

const limitsOf = ({ spec }: LoadedScenario): ReportedLimit[] =>
  spec.analysis.metrics.map((metric) => {
    if (isNumber(metric)) return { name: metric.name, wanted: wantedNumber(metric) };
    return {
      name: metric.name,
      ...('min' in metric && metric.min !== undefined && { min: metric.min }),
      ...('max' in metric && metric.max !== undefined && { maxMs: metric.max }),
      ...('percentile' in metric && metric.percentile !== undefined && { percentile: metric.percentile }),
    };
  });

/** The slowest of what the spec and the scenario say of the source. */
const lagOf = ({ spec, scenario }: LoadedScenario): EvidenceLag => {
  const sources = Object.values(spec.analysis.source) as readonly { delay?: number; period?: number }[];
  return {
    settle: spec.router.settle,
    period: Math.max(scenario.metrics.period, ...sources.flatMap(({ period }) => period ?? [])),
    delay: Math.max(scenario.metrics.delay, ...sources.flatMap(({ delay }) => delay ?? [])),
  };
};

/**
 * Takes from a sandbox what its report shows, before it closes.
 * @param start 0 s of the scenario, epoch milliseconds
 */
export const reportDataOf = async (
  sandbox: Sandbox,
  loaded: LoadedScenario,
  result: RehearsalResult,
  start: number,
): Promise<ReportData> => {
  const { file, scenario, spec } = loaded;
  const service = `${spec.service}@${spec.target}`;
  return {
    file,
    asAsked: asAsked(scenario, result),
    unmet: unmet(scenario, result),
    result,
    service,
    judge: spec.analysis.judge,
    limits: limitsOf(loaded),
    lag: lagOf(loaded),
    traffic: await trafficPeriods(sandbox, loaded, start),
    rollouts: await rolloutsOf(sandbox, service, result, start),
  };
};
