import type { PairedCounts } from './counts.ts';
import type { ComparedMetric, SequentialSettings } from './settings.ts';

/**
 * Whether a tick is so bad that the cap is not applied: one is enough to roll back.
 * @param primaryRate of bad requests, 0 to 1, where the primary had no request in the tick: absent, nothing is one then
 */
export const isCatastrophe = (
  { catastrophe }: Pick<SequentialSettings, 'catastrophe'>,
  kind: ComparedMetric['kind'],
  { canary, primary }: PairedCounts,
  primaryRate = 1,
): boolean => {
  const { requests, share, primary: most } = catastrophe;
  const primaryKeeps = primary.requests > 0 ? primary.bad < most * primary.requests : primaryRate < most;
  return (
    kind === 'errors' && canary.requests >= requests && canary.bad >= share * canary.requests && primaryKeeps
  );
};
