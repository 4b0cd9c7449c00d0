/** One rollout played under a spec's own judge and cadence, on drawn traffic: nothing here decides but the judge. */
import type { Period } from '../evidence.ts';
import { iso, periodStart, readableUntil, waitAfterShift } from '../judge/cadence.ts';
import type { JudgeInput } from '../judge/judge.ts';
import { steps } from '../plan.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import type { AnalysisState, JudgeCanaryResult } from '../tasks.ts';
import { type Random, random } from './random.ts';
import { drawPeriod, type Regression, type Traffic } from './traffic.ts';

/** A judge's tick, and what it wants counted: the latency limits in milliseconds. */
export interface Judging {
  readonly tick: (input: JudgeInput) => JudgeCanaryResult;
  readonly limits: readonly number[];
}

export interface Played {
  readonly outcome: 'promoted' | 'rolledBack' | 'inconclusive';
  /** From the first shift to the decision. */
  readonly seconds: number;
  /** Requests expected to fail because of the regression until the decision. */
  readonly failed: number;
  /** Requests that the canary is expected to have got until then. */
  readonly canaryRequests: number;
}

/** A round time, so that seconds of the rollout and periods of the clock differ by the draw's own offset only. */
const MIDNIGHT = Date.UTC(2026, 0, 1);

interface Weighted {
  readonly since: number;
  readonly weight: number;
}

/** Seconds of [from, to) times the canary's share (0 to 1) in them. */
const exposure = (weights: readonly Weighted[], from: number, to: number): number =>
  weights.reduce((sum, { since, weight }, index) => {
    const until = weights[index + 1]?.since ?? Number.POSITIVE_INFINITY;
    return sum + (Math.max(0, Math.min(to, until) - Math.max(from, since)) * weight) / 100;
  }, 0);

class Rollout {
  readonly #spec: RolloutSpec;
  readonly #traffic: Traffic;
  readonly #regression: Regression;
  readonly #judging: Judging;
  readonly #draw: Random;
  readonly #epoch: number;
  readonly #weights: Weighted[] = [];
  readonly #periods: Period[] = [];
  #drawnUntil: number;

  constructor(
    spec: RolloutSpec,
    traffic: Traffic,
    regression: Regression,
    judging: Judging,
    seed: readonly number[],
  ) {
    this.#spec = spec;
    this.#traffic = traffic;
    this.#regression = regression;
    this.#judging = judging;
    this.#draw = random(...seed);
    // A push comes at any second of a period.
    this.#epoch = MIDNIGHT + Math.floor(this.#draw() * sourceTiming(spec.analysis).period) * 1000;
    this.#drawnUntil = (periodStart(spec, this.#epoch) - this.#epoch) / 1000;
  }

  #iso(second: number): string {
    return iso(this.#epoch + second * 1000);
  }

  /** Draws the periods that can be read by now; the weights of their seconds are settled. */
  #drawUntil(now: number): void {
    const { period } = sourceTiming(this.#spec.analysis);
    const until = (readableUntil(this.#spec, this.#iso(now)) - this.#epoch) / 1000;
    for (; this.#drawnUntil < until; this.#drawnUntil += period) {
      const start = this.#drawnUntil;
      const share = exposure(this.#weights, start, start + period) / period;
      const drawn = drawPeriod(
        this.#draw,
        this.#traffic,
        this.#regression,
        { start, seconds: period, share },
        this.#epoch,
        this.#judging.limits,
      );
      if (drawn.canary ?? drawn.primary) this.#periods.push(drawn);
    }
  }

  #newPeriods(analysis: AnalysisState | undefined): readonly Period[] {
    if (analysis === undefined) return this.#periods;
    const since = Date.parse(analysis.takenUntil);
    const first = this.#periods.findIndex(({ start }) => Date.parse(start) >= since);
    return first < 0 ? [] : this.#periods.slice(first);
  }

  /** What the rollout cost by its end. */
  #ending(outcome: Played['outcome'], now: number): Played {
    const { period } = sourceTiming(this.#spec.analysis);
    let canaryRequests = 0;
    for (let second = 0; second < now; second += period)
      canaryRequests +=
        this.#traffic.at(second).rps * exposure(this.#weights, second, Math.min(now, second + period));
    return { outcome, seconds: now, failed: canaryRequests * this.#regression.errors, canaryRequests };
  }

  play(): Played {
    let now = 0;
    let shiftedAt = this.#iso(0);
    let weight = steps(this.#spec)[0] ?? 100;
    let analysis: AnalysisState | undefined;
    this.#weights.push({ since: 0, weight });
    now += waitAfterShift(this.#spec, shiftedAt, this.#iso(now));
    for (;;) {
      this.#drawUntil(now);
      const ruled = this.#judging.tick({
        spec: this.#spec,
        weight,
        analysis,
        periods: this.#newPeriods(analysis),
        shiftedAt,
        now: this.#iso(now),
        answers: {},
        approval: 'forecast',
      });
      analysis = ruled.analysis;
      const late = ruled.decision === 'ask' || ruled.reason.startsWith('inconclusive');
      if (late) return this.#ending('inconclusive', now);
      if (ruled.decision === 'promote') return this.#ending('promoted', now);
      if (ruled.decision !== 'advance' && ruled.decision !== 'hold') return this.#ending('rolledBack', now);
      if (ruled.decision === 'advance') {
        weight = ruled.weight;
        shiftedAt = this.#iso(now);
        this.#weights.push({ since: now, weight });
        now += waitAfterShift(this.#spec, shiftedAt, shiftedAt);
      } else now += Math.max(1, ruled.waitSeconds);
    }
  }
}

/** Plays one rollout. The same seed draws the same. The judge's deadline ends it. */
export const play = (
  spec: RolloutSpec,
  traffic: Traffic,
  regression: Regression,
  judging: Judging,
  ...seed: readonly number[]
): Played => new Rollout(spec, traffic, regression, judging, seed).play();
