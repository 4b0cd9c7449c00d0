import type { RolloutSpec } from '../spec/schema.ts';
import { blueGreenOf } from '../spec/strategy.ts';

/**
 * Pods that the canary needs for its share: what the primary has carries 100 %, so a share of it carries that share,
 * and never less than one pod.
 * @param carrying replicas of the primary now, never below its floor
 * @param weight percent of traffic, 0 to 100
 */
export const replicasFor = (carrying: number, weight: number): number =>
  Math.max(1, Math.ceil((carrying * weight) / 100));

/**
 * Pods that a spec wants for a share: those for the share (`match`), or from the start those for all traffic (`full`,
 * Flagger's way, and blue/green's: what is tested is what takes over).
 */
export const podsFor = (
  spec: Pick<RolloutSpec, 'capacity' | 'strategy'>,
  carrying: number,
  weight: number,
): number =>
  replicasFor(carrying, spec.capacity === 'full' || blueGreenOf(spec) !== undefined ? 100 : weight);

/** Replicas to set now: a rollout never takes pods from a canary that serves. */
export const raisedTo = (present: number, needed: number): number => Math.max(present, needed);

/** Limits of an autoscaler; `min` defaults to 1 (autoscaling/v2). */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Limits under which the autoscaler keeps at least `needed` pods. */
export const limitsFor = ({ min, max }: Limits, needed: number): Limits => ({
  min: Math.max(min, needed),
  max: Math.max(max, needed),
});
