import { randomUUID } from 'node:crypto';
import { answersOf, askPerson, questionOf } from './core/claim/answers.ts';
import { ownClaim } from './core/claim/claim.ts';
import { ErrorName, isCanaryError } from './core/errors.ts';
import type { Period } from './core/evidence.ts';
import { judgedFrom } from './core/holds/before-traffic.ts';
import { decide } from './core/holds/decide.ts';
import { decideHolding } from './core/holds/decide-holding.ts';
import type { Hooks } from './core/hooks/hooks.ts';
import { tellEvents } from './core/hooks/tell-events.ts';
import { tickHooks } from './core/hooks/tick-hooks.ts';
import { verdictRecord } from './core/judge/again.ts';
import { evidenceWindow } from './core/judge/cadence.ts';
import { freshState } from './core/judge/take-in.ts';
import type { MetricSource, TraceSource, TrafficRouter } from './core/ports.ts';
import { reassert, since } from './core/safety/reassert.ts';
import { evidenceLimits } from './core/spec/limits.ts';
import type { RolloutStore } from './core/store.ts';
import type { JudgeCanaryResult, JudgeCanaryTask } from './core/tasks.ts';
import { hookCaller } from './runtime/hook-caller.ts';
import { metricSource } from './runtime/metric-source.ts';
import { rolloutStore, traceSource, trafficRouter } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/** Rescue looks again 30 s after an execution's end: a tick that only calls hooks then must not write to the route any more. */
const WRITING_MS = 25_000;

export interface JudgePorts {
  readonly store: RolloutStore;
  readonly router: TrafficRouter;
  readonly metrics: MetricSource;
  readonly traces: TraceSource;
  readonly hooks: Hooks;
}

/** The new periods; where the source does not answer, none and why: a healthy release waits, and its deadline decides. */
const newEvidence = async (
  metrics: MetricSource,
  query: Parameters<MetricSource['periods']>[0],
): Promise<{ periods: readonly Period[]; unread?: string }> => {
  try {
    return { periods: await metrics.periods(query) };
  } catch (error) {
    if (!isCanaryError(error, ErrorName.Transient)) throw error;
    return { periods: [], unread: error.message };
  }
};

/**
 * State "Judge canary": one tick. Re-asserts what is wanted of the router, takes in the newly finished periods, hears
 * people and newer releases, decides, and records the verdict with its evidence (I6).
 */
export const judgeCanary =
  (
    { store, router, metrics, traces, hooks }: JudgePorts,
    newId: () => string = randomUUID,
    spentSince: (now: string) => number = () => 0,
  ) =>
  async ({
    rollout,
    generation,
    weight,
    metrics: identity,
    analysis: carried,
    held,
    untold = [],
    shiftedAt,
    now,
  }: JudgeCanaryTask): Promise<JudgeCanaryResult> => {
    const { spec, service, execution } = rollout;
    const record = await store.read(service);
    ownClaim(record, execution.arn, generation);
    const drift = await reassert(router, spec, weight);
    const shifted = drift === undefined ? shiftedAt : since(drift.route, now);
    const analysis = carried ?? judgedFrom(held, freshState(spec, shifted));
    const window = evidenceWindow(spec, analysis, shifted, now);
    const [evidence, xRay, answered] = await Promise.all([
      newEvidence(metrics, { identity, ...window, ...evidenceLimits(spec, identity.past) }),
      traces.summary({ identity, ...window }),
      tickHooks(hooks, rollout, analysis, now),
    ]);
    const question = {
      spec,
      weight,
      analysis,
      ...evidence,
      shiftedAt: shifted,
      now,
      answers: answersOf(record, rollout, questionOf(analysis)),
      past: identity.past,
      approval: newId(),
      hooks: answered,
    };
    const { asked, verdict } = await decideHolding(question, {
      store,
      hooks,
      rollout,
      record,
      decide,
    });
    await store.putVerdict(service, execution.arn, verdictRecord(asked, verdict, xRay));
    if (verdict.decision === 'ask')
      await store.update(service, (current) =>
        askPerson(current, execution.arn, questionOf(verdict.analysis)),
      );
    await tellEvents(hooks, rollout, [...untold, { at: now, events: verdict.events }]);
    // Hooks may take a minute, and the next tick is due when it is.
    const waitSeconds = Math.max(1, verdict.waitSeconds - spentSince(now));
    const say = drift === undefined ? verdict.say : `${drift.found} ${verdict.say}`;
    return { ...verdict, waitSeconds, say };
  };

/** Whole seconds since the state was entered, by this machine's clock: only a wait depends on it, no decision. */
const secondsSince = (now: string): number => Math.max(0, Math.floor((Date.now() - Date.parse(now)) / 1000));

export const handler = task((input: JudgeCanaryTask) =>
  judgeCanary(
    {
      store: rolloutStore(),
      router: trafficRouter(input.rollout, undefined, AbortSignal.timeout(WRITING_MS)),
      metrics: metricSource(input.rollout),
      traces: traceSource(input.rollout),
      hooks: hookCaller(input.rollout),
    },
    undefined,
    secondsSince,
  )(input),
);
