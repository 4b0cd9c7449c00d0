import type { Autoscaler } from '../objects.ts';

/** What an autoscaler would have had at a time, epoch milliseconds. */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/** Ratios this close to 1 change nothing (`--horizontal-pod-autoscaler-tolerance`). */
const TOLERANCE = 0.1;
/** Scaling down goes to the highest recommendation of the last 5 minutes, unless the behaviour says another window. */
const STABILIZATION_SECONDS = 300;

/** The wanted CPU utilisation in percent, where the autoscaler goes by it. */
export const targetUtilization = ({ metrics = [] }: Autoscaler['spec']): number | undefined =>
  metrics.find(({ resource }) => resource?.name === 'cpu')?.resource?.target.averageUtilization;

/** At most doubled, or four more where that is more: the default policy of scaling up. */
const scaleUpLimit = (current: number) => Math.max(2 * current, current + 4);

/**
 * The replicas that an autoscaler wants: `ceil(ready × utilisation / target)`, within tolerance none, slowly down, not too
 * fast up, always within its limits (Kubernetes `pkg/controller/podautoscaler`).
 */
export const recommend = (
  spec: Autoscaler['spec'],
  seen: {
    current: number;
    ready: number;
    utilization: number | undefined;
    past: readonly Recommendation[];
    now: number;
  },
): { replicas: number; past: Recommendation[] } => {
  const { current, ready, utilization, now } = seen;
  const target = targetUtilization(spec);
  const ratio = utilization === undefined || target === undefined ? 1 : utilization / target;
  const isClose = Math.abs(ratio - 1) <= TOLERANCE;
  const wanted = isClose ? current : Math.ceil(Math.max(1, ready) * ratio);
  const window = (spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? STABILIZATION_SECONDS) * 1_000;
  const past = [...seen.past.filter(({ at }) => at > now - window), { at: now, replicas: wanted }];
  const stable =
    wanted < current ? Math.min(current, Math.max(...past.map(({ replicas }) => replicas))) : wanted;
  const limited = Math.min(stable, scaleUpLimit(current));
  return { replicas: Math.min(spec.maxReplicas, Math.max(spec.minReplicas ?? 1, limited)), past };
};
