import type { Freeze } from './holds/freeze.ts';
import type { Past } from './judge/sequential/past.ts';
import type { History } from './judge/sequential/state.ts';
import type { Outcome, Phase, Release, RolloutInput, Side } from './rollout.ts';
import type { RolloutSpec } from './spec/schema.ts';
import type { Cluster, Failure, Serving } from './tasks.ts';

/** The claim on a service: which execution may write, and all that is needed to undo its work. */
export interface Claim {
  /** ARN of the execution. There is no lease: it is alive as long as Step Functions says that it runs. */
  readonly execution: string;
  /** ISO 8601: when the claim was reserved for it, before it was started. */
  readonly since: string;
  /** False until the execution itself has come by: until then its start may have been lost. */
  readonly started: boolean;
  /** Its number; none until the execution has come by. */
  readonly generation?: number;
  readonly input: RolloutInput;
  readonly phase: Phase;
  /** Where all traffic goes if anything fails from here on. Written before the phase begins. */
  readonly safe: Side;
  /** Percent of the canary that is wanted; what the router has is set back to it. */
  readonly intent: number;
  /** Percent that the canary had when the rollout was undone. */
  readonly reached?: number;
  readonly cluster?: Cluster;
}

/** Why a service stays locked although nothing rolls: traffic not yet safe, or a person must mend it. */
export interface Needs {
  readonly what: 'rescue' | 'verify' | 'person';
  /** ISO 8601. */
  readonly since: string;
  readonly failure: Failure;
  /** ISO 8601: when people were paged last. */
  readonly paged?: string;
  /** Whether they were told how it ended. */
  readonly told?: true;
}

/** A rollout that has let go of its service, and what a late write of it may have changed since. */
export interface Freed {
  /** ISO 8601. */
  readonly at: string;
  /** The claim as it was: its input is all that is needed to look again. */
  readonly claim: Claim;
  /** What is still to be looked at once no write of it can be under way; empty when all is as it should be. */
  readonly left: readonly ('route' | 'canary')[];
}

/** A question that the judge put to a person. */
export interface Approval {
  /** Random, so that no two questions of an execution are taken for one. */
  readonly id: string;
  readonly execution: string;
  readonly askedAt: string;
  readonly answer?: 'approved' | 'rejected';
  readonly by?: string;
  readonly answeredAt?: string;
}

/** What a person told the rollout to do; the judge hears it at its next tick. */
export interface Command {
  readonly command: 'abort' | 'promote' | 'pause';
  readonly execution: string;
  readonly by: string;
  readonly at: string;
}

/** All that is known of `service@target`: the lock, the fence and what comes next. One item, written with a condition. */
export interface ServiceRecord {
  readonly service: string;
  /** Rises with every claim: a writer with an older number is fenced off. */
  readonly generation: number;
  readonly claim?: Claim;
  readonly needs?: Needs;
  /** The newest rollout that may have written something and let go of the service. */
  readonly freed?: Freed;
  /** The newest request that was taken in, started or waiting. */
  readonly last?: {
    readonly revision: string;
    readonly requestedAt: string;
    readonly tag: string;
    /** Nothing was asked for: somebody put the canary back to what the primary runs. */
    readonly putBack?: true;
  };
  /** How often each tag and digest has been started, and when last (ISO 8601): by `tag digest8`, those of the last 90 days. */
  readonly attempts?: Readonly<Record<string, { readonly count: number; readonly at: string }>>;
  /** What the primary runs, as far as promotions told. */
  readonly running?: { readonly revision: string; readonly tag: string; readonly at: string };
  /** One slot: the latest wins. */
  readonly pending?: RolloutInput;
  readonly approval?: Approval;
  readonly command?: Command;
  /** Set by a person: nothing new begins and no weight rises while it holds. */
  readonly freeze?: Freeze;
}

/** What all verdicts of a rollout rest on: with it and their evidence they can be judged again, by other settings too (I6). */
export interface RolloutBasis {
  readonly service: string;
  readonly execution: string;
  /** ISO 8601: when the primary's past was read. */
  readonly at: string;
  readonly release: Release;
  readonly spec: RolloutSpec;
  /** Where the sequential judge takes part: the primary before the rollout, and the counts that this sums up. */
  readonly past?: Past;
  readonly history?: History;
}

/** The line of a service's history for one rollout. */
export interface RolloutSummary {
  readonly service: string;
  readonly execution: string;
  readonly release: Release;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** The deadline passed undecided; the outcome is what the spec or a person made of it. */
  readonly inconclusive?: true;
  /** Of a promotion: what the primary ran before, so that it can be released again. */
  readonly replaced?: Serving;
  readonly canary: { readonly requests: number; readonly failures: number };
  readonly primary: { readonly requests: number; readonly failures: number };
}

export const newRecord = (service: string): ServiceRecord => ({ service, generation: 0 });
