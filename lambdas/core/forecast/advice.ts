/** What would help a service whose releases are decided late or never: each change is played before it is named. */
import { planProblems, steps } from '../plan.ts';
import { formatDuration } from '../spec/duration.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import { type Chances, chances, rolloutsOf, type TrafficOf } from './chances.ts';
import { type Speed, speedOf, speeds } from './speed.ts';
import { HEALTHY, type Traffic } from './traffic.ts';

/** A change, and how soon healthy releases are decided with it. */
export interface Advice {
  readonly change: string;
  readonly speed: Speed;
  readonly healthy: Chances;
}

interface Change {
  readonly say: string;
  readonly spec: RolloutSpec;
  readonly traffic: TrafficOf;
}

const withAnalysis = (spec: RolloutSpec, change: Partial<RolloutSpec['analysis']>): RolloutSpec => ({
  ...spec,
  analysis: { ...spec.analysis, ...change },
});

const DAY = 86_400;
const LONGER = [2, 4, 8, 24];

const deadlines = (spec: RolloutSpec, traffic: TrafficOf): Change[] =>
  LONGER.map((times) => spec.analysis.deadline * times)
    .filter((deadline) => deadline <= DAY)
    .map((deadline) => ({
      say: `analysis.deadline: ${formatDuration(deadline)}`,
      spec: withAnalysis(spec, { deadline }),
      traffic,
    }));

const BUSIER = [2, 3, 5, 10, 20, 50, 100];

const busier = (traffic: TrafficOf, times: number): TrafficOf => {
  const more = ({ at, ...rest }: Traffic): Traffic => ({
    ...rest,
    at: (second) => ({ ...at(second), rps: at(second).rps * times }),
  });
  return (draw) => more(traffic(draw));
};

const moreTraffic = (spec: RolloutSpec, traffic: TrafficOf): Change[] =>
  BUSIER.map((times) => ({
    say: `${times} times the traffic`,
    spec,
    traffic: busier(traffic, times),
  }));

/** A few large steps: each one settles and waits for its metrics anew. */
const FEW_STEPS = [0.2, 0.5, 1];
const HALF = 50;

const fewerSteps = (spec: RolloutSpec, traffic: TrafficOf): Change[] => {
  if (!('canary' in spec.strategy)) return [];
  const all = steps(spec);
  const last = Math.max(all.at(-1) ?? HALF, HALF);
  const stepWeights = FEW_STEPS.map((part) => Math.round(last * part));
  if (all.length <= stepWeights.length && all.at(-1) === last) return [];
  const say = `strategy.canary.stepWeights: [${stepWeights.join(', ')}]`;
  return [{ say, spec: { ...spec, strategy: { canary: { stepWeights } } }, traffic }];
};

const fasterMode = (spec: RolloutSpec, traffic: TrafficOf): Change[] =>
  spec.analysis.judge === 'sequential' && spec.analysis.mode === 'guarded'
    ? [{ say: 'analysis.mode: fast', spec: withAnalysis(spec, { mode: 'fast' }), traffic }]
    : [];

const FRESH = 30;

/** A source of the same kind that is fresher stands for any that is. */
const fresherSource = (spec: RolloutSpec, traffic: TrafficOf): Change[] => {
  if (sourceTiming(spec.analysis).delay <= FRESH) return [];
  const fresh = <Source extends { delay: number } | undefined>(source: Source): Source =>
    source && { ...source, delay: FRESH };
  const { source } = spec.analysis;
  const kinds = Object.fromEntries(Object.entries(source).map(([kind, of]) => [kind, fresh(of)]));
  const metrics = spec.analysis.metrics.map(({ source: _own, ...metric }) => metric);
  const say = `a source whose metrics are ${FRESH} s late, not ${formatDuration(sourceTiming(spec.analysis).delay)}`;
  return [{ say, spec: withAnalysis(spec, { source: kinds as typeof source, metrics }), traffic }];
};

const otherJudge = (spec: RolloutSpec, traffic: TrafficOf): Change[] =>
  spec.analysis.judge === 'threshold'
    ? [{ say: 'analysis.judge: sequential', spec: withAnalysis(spec, { judge: 'sequential' }), traffic }]
    : [];

/** Of these, one after the other until one helps; the kinds are tried each. */
const KINDS = [otherJudge, fasterMode, fewerSteps, fresherSource, deadlines, moreTraffic] as const;

const isFaster = (one: Speed, other: Speed): boolean => speeds.indexOf(one) < speeds.indexOf(other);

/**
 * Per kind of change the first that decides healthy releases sooner, by class; those that would not parse are left out.
 * None where they are decided in minutes already.
 */
export const adviceFor = (
  spec: RolloutSpec,
  traffic: TrafficOf,
  speed: Speed,
  draws: number,
): readonly Advice[] => {
  if (speed === speeds[0]) return [];
  return KINDS.flatMap((kind) => {
    for (const change of kind(spec, traffic)) {
      if (planProblems(change.spec).length > 0) continue;
      const healthy = chances(rolloutsOf(change.spec, change.traffic), HEALTHY, draws);
      const reached = speedOf(healthy);
      if (isFaster(reached, speed)) return [{ change: change.say, speed: reached, healthy }];
    }
    return [];
  });
};
