/**
 * The contract between `statemachine/rollout.asl.json` and the handlers: what each Task sends and what comes back.
 * Every result has `say`, the sentence that the console's table view shows, and `events` for those who follow the rollout.
 */
import type { AnalysisState, Decision } from './analysis-state.ts';
import type { MetricIdentity } from './evidence.ts';
import type { Held } from './hooks/task.ts';
import type { UntoldEvents } from './hooks/tell-events.ts';
import type { Past } from './judge/sequential/past.ts';
import type { Outcome, Phase, Rollout, RolloutEvent, Side } from './rollout.ts';

export type {
  AdvisoryState,
  AnalysisState,
  Answers,
  Decision,
  FailingMetric,
  NumberState,
  VerdictRecord,
} from './analysis-state.ts';

/** ISO 8601 time at which the state was entered: the rollout's clock, for every decision. */
interface At {
  readonly now: string;
}

interface Task extends At {
  readonly rollout: Rollout;
  /** The claim's number: rises with every claim of the service. */
  readonly generation: number;
}

export interface Told {
  readonly say: string;
  readonly events: readonly RolloutEvent[];
}

/** What a Kubernetes function needs to reach the cluster; comes from `Check before touching`. */
export interface Cluster {
  readonly name: string;
  readonly endpoint: string;
  /** PEM, base64. */
  readonly certificateAuthority: string;
}

/** Tasks that talk to Kubernetes, and to nothing else but STS. */
interface ClusterTask extends Task {
  readonly cluster: Cluster;
}

export interface ClaimRolloutTask extends At {
  readonly rollout: Rollout;
}
export interface ClaimRolloutResult extends Told {
  readonly generation: number;
  /** The first step's weight; 100 where the analysis is skipped. */
  readonly weight: number;
  /** Whether it is to be promoted as soon as its pods are ready, without any analysis. */
  readonly promoting: boolean;
}

export type CheckBeforeTouchingTask = Task;
/** Where the metrics are, and what they say of the primary before the rollout, as far as the judge needs it. */
export interface ObservedMetrics extends MetricIdentity {
  readonly past?: Past;
}
export interface CheckBeforeTouchingResult extends Told {
  readonly cluster: Cluster;
  readonly metrics: ObservedMetrics;
}

export type CheckWorkloadTask = ClusterTask;
export interface CheckWorkloadResult extends Told {
  /** The primary's replicas at the claim: a floor until the end (I9). At least 1. */
  readonly floor: number;
  readonly serving: Serving;
}

/** What the primary runs. */
export interface Serving {
  /** The image of the named container as written in the pod template. */
  readonly image: string;
  /** The digest that its pods run (`sha256:…`), where they agree on one. */
  readonly digest?: string;
}

export type TakeRouteTask = Task;
export type TakeRouteResult = Told;

export interface DeployCanaryTask extends ClusterTask {
  readonly floor: number;
  /** The first step's weight, percent of the canary. */
  readonly weight: number;
}
export interface DeployCanaryResult extends Told {
  /** Where `Check canary pods` starts. */
  readonly pods: PodsWatch;
}

export interface MatchCapacityTask extends ClusterTask {
  readonly floor: number;
  /** The weight that the canary is about to get; 100 before promotion. */
  readonly weight: number;
  readonly pods: PodsWatch;
}
export interface MatchCapacityResult extends Told {
  /** Whether the canary has the pods for the weight already, all of them ready. */
  readonly ready: boolean;
  readonly pods: PodsWatch;
}

/** What the readiness algorithm carries from poll to poll. */
export interface PodsWatch {
  readonly deployment: string;
  readonly uid: string;
  /** Container name to image, as written. */
  readonly images: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly deadlineAt: string;
  /** Consecutive good polls, and when the first of them was. */
  readonly okStreak: number;
  readonly okSince?: string;
  /** Since when each trouble has been seen (ISO 8601), and in how many polls, by its reason. */
  readonly troubles: Readonly<Record<string, { readonly since: string; readonly polls: number }>>;
  /** Restarts of all counted containers at the last poll: a rise resets the streak. */
  readonly restarts: number;
  /** What the last poll found missing: it is told of once. */
  readonly told?: string;
  /** ISO 8601: since when the configuration is no more what the first pods read. */
  readonly changedAt?: string;
}

export type HearPeopleTask = Task;
export interface HearPeopleResult extends Told {
  readonly decision: Extract<Decision, 'hold' | 'rollBack' | 'supersede'>;
  /** Empty while nothing is decided. */
  readonly reason: string;
  /** Whether the weight stays as it is until somebody resumes the rollout. */
  readonly paused: boolean;
}

export interface CheckPodsTask extends ClusterTask {
  readonly side: Side;
  readonly pods: PodsWatch;
}
export interface CheckPodsResult extends Told {
  readonly ready: boolean;
  readonly pods: PodsWatch;
}

export interface ShiftTrafficTask extends Task {
  /** Percent that the canary is to get; 0 returns all to the primary. */
  readonly weight: number;
  /** Percent that the canary has, when traffic returns to the primary: in the spec's steps, if it has any. */
  readonly from?: number;
}
export interface ShiftTrafficResult extends Told {
  readonly weight: number;
  /** ISO 8601: when the router confirmed the weights. */
  readonly shiftedAt: string;
  /** Seconds until the judge can know more. */
  readonly waitSeconds: number;
}

export interface JudgeCanaryTask extends Task {
  readonly weight: number;
  readonly metrics: ObservedMetrics;
  /** Null at the first tick after the first shift. */
  readonly analysis?: AnalysisState | null;
  /** ISO 8601: the last shift. */
  readonly shiftedAt: string;
  /** What was held before the canary had traffic; null where nothing was. */
  readonly held?: Held | null;
  /** What hooks of type `event` have not heard yet. */
  readonly untold?: readonly UntoldEvents[];
}
export interface JudgeCanaryResult extends Told {
  readonly decision: Decision;
  /** Begins with the metric's name where a metric decided. Empty while nothing is decided. */
  readonly reason: string;
  /** The next weight when `advance`, 100 when `promote`, else the present one. */
  readonly weight: number;
  readonly waitSeconds: number;
  readonly analysis: AnalysisState;
}

export interface RecordPhaseTask extends Task {
  readonly phase: Phase;
  readonly safe: Side;
}
export type RecordPhaseResult = Told;

export interface PromotePrimaryTask extends ClusterTask {
  readonly floor: number;
}
export interface PromotePrimaryResult extends Told {
  readonly pods: PodsWatch;
}

export interface WatchPrimaryTask extends Task {
  readonly metrics: MetricIdentity;
  readonly shiftedAt: string;
}
export interface WatchPrimaryResult extends Told {
  readonly healthy: boolean;
}

export interface RetireCanaryTask extends Omit<ClusterTask, 'cluster'> {
  /** Absent when the cluster was never described: nothing was deployed then. */
  readonly cluster?: Cluster | null;
  readonly outcome: Outcome;
}
export type RetireCanaryResult = Told;

export interface RestoreTask extends Task {
  /** The safe side of the phase in which it failed. */
  readonly safe: Side;
  readonly cause: Caught;
  /** Whether this is the way forward, after a promotion: nothing is undone then. */
  readonly returning?: boolean;
}
export interface RestoreResult extends Told {
  readonly safe: Side;
  /** The cause, in words for people. */
  readonly failure: Failure;
  /** ISO 8601: since when the route has these weights. */
  readonly shiftedAt: string;
  /** Seconds until proxies have the weights; on the way forward, until metrics tell of them. */
  readonly waitSeconds: number;
}

/** An error as the machine caught it, unread: a Catch that computes can fail itself. A verdict comes in the same shape. */
export interface Caught {
  /** An error name: `Canary.RolledBack` for a verdict. */
  readonly Error: string;
  /** A Lambda function's error as JSON text, or a sentence. */
  readonly Cause?: string;
}

/** Why a rollout is being undone, in words: an error caught by the machine, or the judge's decision. */
export interface Failure {
  /** An error name: `Canary.RolledBack` for a verdict, else what was caught. */
  readonly error: string;
  /** A sentence for people. */
  readonly reason: string;
}

export interface FinishRolloutTask extends Task {
  readonly outcome: Outcome;
  readonly reason: string;
  /** What was caught, where nobody has put it into words yet: it becomes the reason. */
  readonly failure?: Caught;
  readonly weight: number;
  readonly analysis?: AnalysisState | null;
  /** What the primary ran before this rollout; null where it never got so far as to look. */
  readonly serving?: Serving | null;
}
export interface FinishRolloutResult extends Told {
  /** Why it ended so, in words. */
  readonly reason: string;
}

export type Announcement =
  | 'start'
  | 'ask'
  | 'promoted'
  | 'promotedUnhealthy'
  | 'rolledBack'
  | 'refused'
  | 'promotionFailed'
  | 'needsRescue'
  | 'retireFailed';
export interface AnnounceTask extends Task {
  readonly announcement: Announcement;
  readonly reason: string;
  /** What was caught, where nobody has put it into words yet: it becomes the reason. */
  readonly failure?: Caught;
  /** The canary's weight when it was decided. */
  readonly weight: number;
  readonly analysis?: AnalysisState | null;
  /** How it ended, where it has. */
  readonly outcome?: Outcome;
  /** Whether the execution has ended, so that there is nothing to stop. */
  readonly ended?: boolean;
  /** The side that is to have all traffic; the canary for a failed promotion and the primary for all else when absent. */
  readonly safe?: Side;
}
export interface AnnounceResult extends Told {
  /** The reason that was announced. */
  readonly reason: string;
}
