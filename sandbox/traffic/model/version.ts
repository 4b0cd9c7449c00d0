/** Response times: lognormal with this median and sigma (of the logarithm); `slowShare` of them take `slowAddMs` longer. */
export interface LatencyModel {
  readonly medianMs: number;
  readonly sigma: number;
  readonly slowShare?: number | undefined;
  readonly slowAddMs?: number | undefined;
}

/** How one version behaves, in the words of scenario files. */
export interface VersionBehaviour {
  /** The share of requests that it answers with 500, 0 to 1. */
  readonly errorRate: number;
  readonly latency: LatencyModel;
  /** Requests a second that one pod serves before it gets slow. */
  readonly podRps?: number | undefined;
}

/** A change of some of that, as in a scenario's `behave`. */
export type BehaviourChange = Partial<Omit<VersionBehaviour, 'latency'>> & {
  readonly latency?: Partial<LatencyModel> | undefined;
};

/** Versions of which a scenario says nothing. */
export const DEFAULT_BEHAVIOUR: VersionBehaviour = {
  errorRate: 0.001,
  latency: { medianMs: 50, sigma: 0.6 },
};

/** The behaviour with the change in it; latency is changed member by member. */
export const changed = (
  behaviour: VersionBehaviour,
  change: BehaviourChange | undefined,
): VersionBehaviour => ({
  ...behaviour,
  ...change,
  latency: { ...behaviour.latency, ...change?.latency },
});
