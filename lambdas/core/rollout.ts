import type { RolloutSpec } from './spec/schema.ts';

/** The side of a split. */
export type Side = 'primary' | 'canary';

/** Percent of the route's traffic per side: whole numbers, summing to 100. */
export type Weights = Readonly<Record<Side, number>>;

/** Where a service runs: an entry of `rollouts/_targets.yaml`. */
export interface Target {
  readonly name: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  /** The EKS cluster's name. */
  readonly cluster: string;
}

/** What is released: one image, by digest. */
export interface Release {
  /** What counts as "the same release": today the image's digest. */
  readonly revision: string;
  /** The pullable reference, `REGISTRY/REPOSITORY:TAG@sha256:…`. */
  readonly image: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** ISO 8601 time of the push or of the call; the newer of two releases is decided by it. */
  readonly requestedAt: string;
  /** 1 for the first execution of this tag and digest, 2 for the next … */
  readonly attempt: number;
}

/** The input of an execution: all that a rollout needs, so that it can be restored without any table. */
export interface RolloutInput {
  /** `service@target`. */
  readonly service: string;
  readonly spec: RolloutSpec;
  readonly target: Target;
  /** The role of this service, which every function assumes before it acts. */
  readonly roleArn: string;
  readonly release: Release;
}

/** A rollout under way: its input, and the execution that runs it. */
export interface Rollout extends RolloutInput {
  readonly execution: {
    readonly arn: string;
    readonly name: string;
    /** ISO 8601. */
    readonly startedAt: string;
  };
}

/** Flagger's phases, as far as a rollout here goes through them. */
export type Phase =
  | 'Initialized'
  | 'Waiting'
  | 'Progressing'
  | 'WaitingPromotion'
  | 'Promoting'
  | 'Finalising'
  | 'Succeeded'
  | 'Failed';

/** One thing that happened, in the words that Flagger taught people. */
export interface RolloutEvent {
  /** The phase after the event. */
  readonly phase: Phase;
  readonly text: string;
}

/** How a rollout ended. */
export type Outcome = 'promoted' | 'rolledBack' | 'rejected' | 'superseded' | 'refused' | 'failed';
