import type { RolloutSpec } from '../../../lambdas/core/spec/schema.ts';
import { spec } from '../../fakes/rollouts.ts';

type Analysis = Partial<Record<keyof RolloutSpec['analysis'], unknown>>;

/** podinfo's spec with 60 s periods and interval, three steps, no delay and no settling unless asked for. */
export const exampleSpec = (
  change: { canary?: object; analysis?: Analysis; settle?: number; delay?: number; alerts?: object } = {},
): RolloutSpec => {
  const { analysis = {}, canary = { stepWeight: 10, maxWeight: 30 }, settle = 0, delay = 0, alerts } = change;
  return spec(({ alerts: _, router, analysis: written, ...rest }) => ({
    ...rest,
    router: { ...router, settle },
    strategy: { canary },
    analysis: {
      ...written,
      threshold: 3,
      source: { cloudWatch: { ...written.source.cloudWatch, delay } },
      ...analysis,
    },
    ...(alerts && { alerts }),
  }));
};
