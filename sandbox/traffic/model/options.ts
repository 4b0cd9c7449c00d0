import type { Clock } from '../../clock.ts';
import type { MetricStore } from '../../cloudwatch/metric-store.ts';
import type { TraceStore } from '../../xray/trace-store.ts';
import type { MeshService } from '../mesh-metrics.ts';
import type { RoutePolicy } from '../route-policy.ts';
import type { RequestShape } from '../route-table.ts';
import type { VersionBehaviour } from './version.ts';

/** Pods of one version behind a role: how many are ready, or one pod that is or isn't. */
export interface ReadyPods {
  readonly version: string;
  readonly ready: number | boolean;
  /** Pods that are gone, but of which the proxies have not heard yet: connections to them fail. Default none. */
  readonly gone?: number | undefined;
}

/** The service whose traffic is modelled. */
export interface ModelledService extends MeshService {
  /** Virtual nodes that call it; they share the traffic equally. */
  readonly callers: readonly string[];
  /** The virtual node of each role. */
  readonly targets: Readonly<Record<string, string>>;
  /** CloudWatch namespace, default AppMesh. */
  readonly namespace?: string | undefined;
}

export interface ModelledTrafficOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly seed: number | string;
  readonly metrics: MetricStore;
  readonly traces?: TraceStore | undefined;
  /** Requests a second, all callers together, from so many ms after the start on; the first from 0. */
  readonly schedule: readonly { readonly fromMs: number; readonly rps: number }[];
  /** By version; what is not in it behaves as `DEFAULT_BEHAVIOUR`. */
  readonly versions: Readonly<Record<string, VersionBehaviour>>;
  readonly service: ModelledService;
  /** The weights that the router has now for such a request, by role, on any scale. */
  readonly split: (request: RequestShape) => Readonly<Record<string, number>>;
  /** The pods behind a role now. Requests go to ready ones, each alike. */
  readonly podsOf: (role: string) => readonly ReadyPods[];
  /** The retries and timeouts that the router has now for such a request. */
  readonly retryPolicy?: ((request: RequestShape) => RoutePolicy) | undefined;
  /** Kinds of requests with their shares; default all `GET /`. */
  readonly mix?: readonly { readonly share: number; readonly request: RequestShape }[] | undefined;
  /** Length of a published period, default 60 s. */
  readonly publishEveryMs?: number | undefined;
  /** Share of requests that X-Ray sees, default Envoy's 0.05. */
  readonly sampling?: number | undefined;
  /** The segment name of a pod; default `mesh/virtualNode`. */
  readonly segmentName?: ((node: string, version: string) => string) | undefined;
  /**
   * This version's traffic before the start: 180 minutes unless said otherwise, at the schedule's first rate, not counted in
   * the totals.
   */
  readonly history?: { readonly version: string; readonly minutes?: number | undefined } | undefined;
}

/** Requests past the route, aimed at a role's pods. */
export interface DirectLoad {
  readonly rps: number;
  readonly to: string;
  /** Default: to the end. */
  readonly forMs?: number | undefined;
  /** A virtual node that sends them; without it they come from outside the mesh and no caller's metrics show them. */
  readonly caller?: string | undefined;
}

/** Something that makes versions fail more often for a while. */
export interface Incident {
  /** Added to the versions' own rate. */
  readonly errorRate: number;
  /** Default: to the end. */
  readonly forMs?: number | undefined;
  /** Default: every version. */
  readonly versions?: readonly string[] | undefined;
}
