import type { PodsWatch } from '../tasks.ts';
import type { Deployment } from './objects.ts';

/** Kubernetes' own default of `progressDeadlineSeconds`, and how much longer than it we wait. */
const PROGRESS_SECONDS = 600;
const GRACE_SECONDS = 60;

const deadlineOf = ({ spec }: Deployment, now: string): string =>
  new Date(
    Date.parse(now) + ((spec.progressDeadlineSeconds ?? PROGRESS_SECONDS) + GRACE_SECONDS) * 1000,
  ).toISOString();

/** Starts watching a Deployment's pods as it stands: its images are the ones to be found at every later look. */
export const watchFrom = (deployment: Deployment, now: string): PodsWatch => ({
  deployment: deployment.metadata.name,
  uid: deployment.metadata.uid,
  images: Object.fromEntries(
    deployment.spec.template.spec.containers.map(({ name, image = '' }) => [name, image]),
  ),
  startedAt: now,
  deadlineAt: deadlineOf(deployment, now),
  okStreak: 0,
  troubles: {},
  restarts: 0,
});

/** Starts the wait anew, for more pods of what is watched already: the images stay those that were deployed. */
export const watchAgain = (watch: PodsWatch, deployment: Deployment, now: string): PodsWatch => {
  const { okSince: _, ...rest } = watch;
  return { ...rest, startedAt: now, deadlineAt: deadlineOf(deployment, now), okStreak: 0, troubles: {} };
};
