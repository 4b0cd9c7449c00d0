/** The contract between `start-rollout` and `read-workload`, which the state machine does not call. */
import type { RolloutInput } from './rollout.ts';
import type { Cluster, Serving } from './tasks.ts';

/** What `read-workload` answers `start-rollout`: what the primary runs, by digest. */
export interface ReadWorkloadTask {
  readonly input: Omit<RolloutInput, 'release'>;
  readonly cluster: Cluster;
}
export interface ReadWorkloadResult extends Serving {
  /** What stands in the canary's pod template; absent where there is no canary, or it has no such container. */
  readonly canary?: CanaryTemplate;
}

/** The canary's pod template, as somebody may have changed it. */
export interface CanaryTemplate {
  /** The image of the named container as written. */
  readonly image: string;
  /** Names the template. */
  readonly hash: string;
  /** Names the tracked ConfigMaps and Secrets that its pods would read; absent where there are none. */
  readonly config?: string;
  /** Whether no rollout has deployed that yet, and the primary reads something else. */
  readonly configIsNews: boolean;
  /** Whether a rollout wrote it: then nobody changed it, or what it reads, since. */
  readonly byRollout: boolean;
  /** Whether the primary's is the same, but for labels and pinned digests, and reads the same. */
  readonly asPrimary: boolean;
}
