import type { Rollout, RolloutInput } from '../../lambdas/core/rollout.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

/** The spec of the design's example, as a person writes it. */
export const writtenSpec = () => ({
  service: 'podinfo',
  target: 'prod-eu',
  trigger: { ecr: { repository: 'podinfo', tags: ['6.*'] } },
  workload: {
    namespace: 'test',
    primary: 'podinfo-primary',
    canary: 'podinfo',
    container: 'podinfod',
    promotion: 'copy',
  },
  router: {
    appMesh: {
      mesh: 'global',
      virtualRouter: 'podinfo-router',
      route: 'podinfo',
      primary: 'podinfo-primary',
      canary: 'podinfo-canary',
      owner: 'api',
    },
    settle: '60s',
  },
  strategy: { canary: { stepWeight: 5, maxWeight: 50 } },
  analysis: {
    judge: 'threshold',
    interval: '1m',
    threshold: 5,
    deadline: '60m',
    onInconclusive: 'ask',
    source: { cloudWatch: { namespace: 'AppMesh', callers: ['frontend'], delay: '2m' } },
    metrics: [
      { name: 'request-success-rate', min: 99 },
      { name: 'request-duration', percentile: 99, max: '500ms' },
    ],
  },
  onNewer: 'queueLatest',
  capacity: 'match',
  gates: [],
  hooks: [],
  alerts: { sns: true, slack: { secret: 'slack/deployments' } },
});

export const spec = (
  change: (written: ReturnType<typeof writtenSpec>) => object = (written) => written,
): RolloutSpec => {
  const parsed = parseSpec(change(writtenSpec()));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.value;
};

const hex = (tag: string): string => Buffer.from(tag).toString('hex').padEnd(64, '0').slice(0, 64);

/** The input of an execution that releases a tag. */
export const input = (
  tag = '6.0.1',
  requestedAt = '2026-01-01T00:00:00.000Z',
  ofSpec: RolloutSpec = spec(),
): RolloutInput => ({
  service: 'podinfo@prod-eu',
  spec: ofSpec,
  target: { name: 'prod-eu', region: 'eu-west-1', account: '111122223333', cluster: 'prod' },
  roleArn: 'arn:aws:iam::111122223333:role/stepcanary/service/podinfo',
  release: {
    revision: `sha256:${hex(tag)}`,
    image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/podinfo:${tag}@sha256:${hex(tag)}`,
    repository: 'podinfo',
    tag,
    digest: `sha256:${hex(tag)}`,
    requestedAt,
    attempt: 1,
  },
});

/** A rollout under way, by the execution's name. */
export const rollout = (name: string, of: RolloutInput = input()): Rollout => ({
  ...of,
  execution: {
    arn: `arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:${name}`,
    name,
    startedAt: '2026-01-01T00:00:00.000Z',
  },
});
