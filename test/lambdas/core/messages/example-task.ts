import type { Announcement, AnnounceTask } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';

export const ARN =
  'arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:podinfo-6.0.2-0a1b2c3d-1';

/** podinfo 6.0.2, stopped at 20 % with 117 of 3,000 canary requests failed. */
export const exampleTask = (
  announcement: Announcement,
  change: Partial<AnnounceTask> = {},
): AnnounceTask => ({
  announcement,
  now: '2026-11-21T12:30:00.000Z',
  generation: 7,
  reason:
    'request-success-rate: 96.1 % of 3,000 canary requests succeeded (at least 99 % wanted), 3 checks failed',
  weight: 20,
  analysis: {
    schema: 1,
    ticks: 9,
    startedAt: '2026-11-21T12:10:00.000Z',
    shiftedAt: '2026-11-21T12:20:00.000Z',
    failedChecks: 3,
    passedChecks: 2,
    takenUntil: '2026-11-21T12:28:00.000Z',
    canary: { requests: 3000, failures: 117 },
    primary: { requests: 57_000, failures: 57 },
  },
  rollout: {
    service: 'podinfo@prod-eu',
    spec: exampleSpec(),
    target: { name: 'prod-eu', region: 'eu-west-1', account: '111122223333', cluster: 'prod' },
    roleArn: 'arn:aws:iam::111122223333:role/stepcanary-podinfo-prod-eu',
    release: {
      revision: `sha256:${'0a1b2c3d'.repeat(8)}`,
      image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/podinfo:6.0.2@sha256:${'0a1b2c3d'.repeat(8)}`,
      repository: 'podinfo',
      tag: '6.0.2',
      digest: `sha256:${'0a1b2c3d'.repeat(8)}`,
      requestedAt: '2026-11-21T12:00:00.000Z',
      attempt: 1,
    },
    execution: { arn: ARN, name: 'podinfo-6.0.2-0a1b2c3d-1', startedAt: '2026-11-21T12:00:00.000Z' },
  },
  ...change,
});
