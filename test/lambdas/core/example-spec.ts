import { parseSpec } from '../../../lambdas/core/spec/parse.ts';
import type { RolloutSpec } from '../../../lambdas/core/spec/schema.ts';

type Analysis = Partial<Record<keyof RolloutSpec['analysis'], unknown>>;

const METRICS = [
  { name: 'request-success-rate', min: 99 },
  { name: 'request-duration', percentile: 99, max: '500ms' },
];

/** podinfo's spec: 60 s periods and interval, no delay and no settling unless asked for. */
export const exampleSpec = (
  change: { canary?: object; analysis?: Analysis; settle?: number; delay?: number; alerts?: object } = {},
): RolloutSpec => {
  const { analysis = {}, canary = { stepWeight: 10, maxWeight: 30 }, settle = 0, delay = 0, alerts } = change;
  const parsed = parseSpec({
    service: 'podinfo',
    target: 'prod-eu',
    trigger: { ecr: { repository: 'podinfo', tags: ['6.*'] } },
    workload: { namespace: 'test', primary: 'podinfo-primary', canary: 'podinfo', container: 'podinfod' },
    router: {
      appMesh: {
        mesh: 'global',
        virtualRouter: 'podinfo-router',
        route: 'podinfo',
        primary: 'podinfo-primary',
        canary: 'podinfo-canary',
        owner: 'api',
      },
      settle,
    },
    strategy: { canary },
    analysis: {
      judge: 'threshold',
      interval: '1m',
      threshold: 3,
      source: { cloudWatch: { namespace: 'AppMesh', callers: ['frontend'], delay } },
      metrics: METRICS,
      ...analysis,
    },
    ...(alerts && { alerts }),
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.value;
};
