import { Annotation } from './annotations.ts';
import { type Limits, limitsFor } from './capacity.ts';
import type { Autoscaler } from './objects.ts';
import type { Patch } from './ports.ts';

const limitsOf = ({ spec }: Autoscaler): Limits => ({ min: spec.minReplicas ?? 1, max: spec.maxReplicas });

const rememberedLimits = ({ metadata }: Autoscaler): Limits | undefined => {
  const text = metadata.annotations?.[Annotation.Limits];
  if (text === undefined) return undefined;
  const { min, max } = JSON.parse(text) as Partial<Limits>;
  return Number.isInteger(min) && Number.isInteger(max) ? { min: Number(min), max: Number(max) } : undefined;
};

const withLimits = ({ metadata }: Autoscaler, { min, max }: Limits, remembered: string | null): Patch => ({
  type: 'merge',
  body: {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      annotations: { [Annotation.Limits]: remembered },
    },
    spec: { minReplicas: min, maxReplicas: max },
  },
});

/** Makes an autoscaler keep at least `needed` pods, and notes its own limits once; undefined when it does already. */
export const raiseLimits = (autoscaler: Autoscaler, needed: number): Patch | undefined => {
  const present = limitsOf(autoscaler);
  const wanted = limitsFor(present, needed);
  if (wanted.min === present.min && wanted.max === present.max) return undefined;
  return withLimits(autoscaler, wanted, JSON.stringify(rememberedLimits(autoscaler) ?? present));
};

/** Gives an autoscaler its own limits back; undefined when they were never raised. */
export const restoreLimits = (autoscaler: Autoscaler): Patch | undefined => {
  const own = rememberedLimits(autoscaler);
  return own && withLimits(autoscaler, own, null);
};
