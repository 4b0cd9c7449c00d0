/** What the product needs from outside. One contract suite per port runs against every implementation. */
import type {
  Counts,
  EvidenceQuery,
  LatencyPercentiles,
  MetricIdentity,
  Period,
  XRaySummary,
} from './evidence.ts';
import type { Message } from './messages/announcement.ts';
import type { RolloutInput, Side, Weights } from './rollout.ts';
import type { Cluster } from './tasks.ts';

/** A route as it stands. */
export interface RouteState {
  readonly weights: Weights;
  /** Where all other requests go, as long as some have a route of their own (A/B). */
  readonly rest?: Weights;
  /** What names this very version of the route; part of a write's idempotency token. */
  readonly version: string;
  /** ISO 8601: when the router took its last write, where it tells. */
  readonly updatedAt?: string;
}

/** Splits traffic between the two sides, as the spec's strategy does. Errors: Canary.RouteChanged, Canary.AccessDenied, Canary.Transient. */
export interface TrafficRouter {
  /** Reads the route. Throws Canary.RouteChanged when our two targets are not there or a third one has weight. */
  read(): Promise<RouteState>;
  /** Changes the weights and nothing else; writes nothing when they are there already. Returns the route afterwards. */
  shift(weights: Weights): Promise<RouteState>;
  /**
   * All of everybody's traffic to one side, whatever the strategy: as `shift`, but takes weight away from targets that are
   * not ours, too (I1).
   */
  restore(weights: Weights): Promise<RouteState>;
  /** The service that the route is tagged as belonging to; undefined where nobody tagged it. */
  owner(): Promise<string | undefined>;
  /** Tags the route as this service's. */
  own(service: string): Promise<void>;
  /** Reads again and tells whether the router really has these weights. */
  verify(weights: Weights): Promise<boolean>;
  /** Reads again and tells whether that side has all of everybody's traffic. */
  hasAll(side: Side): Promise<boolean>;
  /** Why the strategy cannot be played on this route, and the fix of each. Empty where it can. */
  obstacles(): Promise<readonly string[]>;
  /** The names under which callers report each side. */
  readonly identity: { readonly mesh: string; readonly nodes: Readonly<Record<Side, string>> };
}

/**
 * Reads evidence. Errors: Canary.Transient (the tick goes on without data), Canary.AccessDenied.
 *
 * What a source must deliver, for the judge to be right:
 * - counts of finished periods only, aligned to the epoch, each the same however often it is read; late points may be
 *   missing, never counted twice;
 * - counts of the same requests on both sides (per caller, after the route), so that what both suffer cancels out; traffic
 *   that the route did not send is left out where the source can tell;
 * - 0 where nothing failed beside requests, and no number at all where nothing was measured;
 * - `timed` and `slower` of the same requests, `slower <= timed`. A sampled source gives its own smaller `timed`;
 * - where a limit is not an edge of its histogram, the count above the next edge above it: no request counts as slow that
 *   may not have been.
 */
export interface MetricSource {
  /** Finds the series of both sides. Throws Canary.Refused when the metric does not tell the versions apart. */
  identify(router: TrafficRouter['identity'], now: Date): Promise<MetricIdentity>;
  /** The periods in [from, to) that have finished and have data of either side, oldest first. */
  periods(query: EvidenceQuery): Promise<readonly Period[]>;
  /** Where percentiles of the primary's durations lie over [from, to); for a histogram, the nearest edges. */
  primaryPercentiles(
    query: Pick<EvidenceQuery, 'identity' | 'from' | 'to' | 'percentiles'>,
  ): Promise<LatencyPercentiles>;
}

/** What a spec's own queries say of one period. */
export interface OwnPeriod extends Pick<Period, 'start' | 'end' | 'numbers' | 'unread'> {
  readonly canary?: Counts['custom'];
  readonly primary?: Counts['custom'];
}

/** Answers a spec's own queries, for metrics that are compared and for plain numbers, in the periods of the analysis. */
export interface OwnMetrics {
  /**
   * Asks every query once, before anything is touched. Throws Canary.AccessDenied, Canary.Refused (a query that is wrong,
   * or gives more than one number), Canary.InvalidInput (a secret that is not there).
   */
  check(span: Pick<EvidenceQuery, 'from' | 'to'>): Promise<void>;
  /** What was not answered, for whatever reason, is `unread` of the newest period: the other metrics go on. */
  periods(query: Pick<EvidenceQuery, 'from' | 'to' | 'sides'>): Promise<readonly OwnPeriod[]>;
}

/** X-Ray's view, shown beside. Never throws for missing data: no data is an empty summary. */
export interface TraceSource {
  summary(query: { identity: MetricIdentity; from: Date; to: Date }): Promise<XRaySummary>;
}

/** What the state machine's service knows of executions. Errors: Canary.Transient, Canary.AccessDenied. */
export interface Executions {
  arnOf(name: string): string;
  /**
   * Starts an execution; the same name with the same input is the same execution. False where the name belongs to an
   * execution that has ended and had another input: nothing was started.
   */
  start(name: string, input: RolloutInput): Promise<boolean>;
  /** How an execution stands; undefined when there is none of that ARN. */
  status(
    arn: string,
  ): Promise<{ readonly status: string; readonly error?: string; readonly cause?: string } | undefined>;
  /** The names of all states that it entered, newest first. */
  statesEntered(arn: string): Promise<readonly string[]>;
}

/** An image of a repository. */
export interface Image {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly tags: readonly string[];
  readonly registry: string;
  /** The manifest's media type, and for OCI artifacts what kind they are. */
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly pushedAt?: string;
}

/** Where images are. Errors: Canary.Transient, Canary.AccessDenied. */
export interface ImageRepository {
  /** The image of that tag or digest (`sha256:…`); undefined when the repository has none, or is not there. */
  find(repository: string, reference: string): Promise<Image | undefined>;
}

/** Where clusters are. Errors: Canary.Transient, Canary.AccessDenied. */
export interface ClusterDirectory {
  /** The cluster, and whether it takes access entries; undefined when there is none of that name. */
  describe(name: string): Promise<{ readonly cluster: Cluster; readonly accessEntries: boolean } | undefined>;
}

/** Sends a message to people. Errors: Canary.Transient, Canary.AccessDenied, Canary.InvalidInput; none holds a secret. */
export interface Announcer {
  readonly name: string;
  send(message: Message): Promise<void>;
}
