import { formatDuration } from '../duration.ts';
import type { Block } from './manifests.ts';

/** What a Canary does not say; each has a plain default. */
export interface Surroundings {
  /** Another name for the service, its route and its nodes, where several namespaces have it. @default the Canary's name */
  readonly service?: string | undefined;
  /** Name of an entry of `_targets.yaml`. */
  readonly target?: string | undefined;
  /** Whether a push to the repository starts a rollout. @default false: a changed pod template does, as with Flagger */
  readonly push?: boolean | undefined;
  /** Whether a changed pod template starts one. @default true */
  readonly template?: boolean | undefined;
  /** The mesh, where the Canary names none. @default global */
  readonly mesh?: string | undefined;
  /** ECR repository. @default the Canary's name */
  readonly repository?: string | undefined;
  /** The container that gets the image. @default the target's name */
  readonly container?: string | undefined;
  /** Names of the Secrets that the target's pods read, where they are known. @default every one is tracked, as with Flagger */
  readonly secrets?: readonly string[] | undefined;
  /** Who calls the service. */
  readonly callers?: readonly string[] | undefined;
  /** Seconds that a changed weight takes to be everywhere, and that metrics come late. */
  readonly settle?: number | undefined;
  readonly delay?: number | undefined;
  /** A Prometheus to read instead of CloudWatch: its URL, or a workspace of Amazon Managed Service for Prometheus. */
  readonly prometheus?: string | undefined;
  /** What else is in the Canary's files: MetricTemplates are looked for there. */
  readonly manifests?: readonly Block[] | undefined;
  /** The Prometheus that inline queries ask, where nobody says one. */
  readonly queriesAt?: string | undefined;
  /** In a rehearsal every address is reached. */
  readonly rehearsed?: boolean | undefined;
  /** Seconds between the source's publications: it has no shorter periods. */
  readonly published?: number | undefined;
}

/** What is assumed where nobody says it. Seconds; Prometheus is fresher than CloudWatch. */
export const ASSUMED = {
  target: 'rehearsal',
  mesh: 'global',
  callers: ['appmesh-gateway'],
  settle: 60,
  delay: { cloudWatch: 120, prometheus: 30 },
} as const;

/** Seconds that metrics come late. */
export const delayOf = ({ delay, prometheus }: Surroundings): number =>
  delay ?? ASSUMED.delay[prometheus === undefined ? 'cloudWatch' : 'prometheus'];

/** `analysis.source` of the spec. @param period seconds */
export const sourceOf = (around: Surroundings, period: number): object => {
  const { prometheus, callers = ASSUMED.callers } = around;
  const read = { callers: [...callers], delay: formatDuration(delayOf(around)), period };
  if (prometheus === undefined) return { cloudWatch: { namespace: 'AppMesh', ...read } };
  const where = prometheus.startsWith('ws-') ? { workspace: prometheus } : { url: prometheus };
  return { prometheus: { ...where, ...read } };
};

/** `trigger` of the spec. */
export const triggerOf = (
  { repository, push = false, template = true }: Surroundings,
  name: string,
): object => ({
  ecr: { repository: repository ?? name, tags: push ? ['*'] : [] },
  ...(template && { template }),
});
