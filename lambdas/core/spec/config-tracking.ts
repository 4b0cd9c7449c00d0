import * as z from 'zod';
import { kubernetesName } from './names.ts';

/** The names of one kind that are part of a release: those listed, or every one that the pod template reads. */
export type TrackedNames = 'all' | readonly string[];

const names = () => z.union([z.literal('all'), z.array(kubernetesName())], 'must be all, or a list of names');

/**
 * Which ConfigMaps and Secrets of the canary's pod template are part of a release. `true` is every ConfigMap and no Secret: a
 * role that may read any Secret of its namespace is asked for in words.
 */
export const configTracking = () =>
  z
    .union(
      [
        z.boolean(),
        z.strictObject({ configMaps: names().default('all'), secrets: names().default(() => []) }),
      ],
      'must be true, false, or say which: { configMaps, secrets }, each all or a list of names',
    )
    .default(true);

type Written = z.output<ReturnType<typeof configTracking>>;

/** What a spec tracks of each kind. A service stack of before this key says nothing; its Role reads no configuration either. */
export const trackingOf = ({
  configTracking: written,
}: {
  readonly configTracking: Written;
}): { readonly configMaps: TrackedNames; readonly secrets: TrackedNames } => {
  if (typeof written === 'object') return written;
  return { configMaps: written === true ? 'all' : [], secrets: [] };
};

/** Whether a spec tracks anything at all. */
export const tracksConfig = (workload: { readonly configTracking: Written }): boolean =>
  Object.values(trackingOf(workload)).some((tracked) => tracked === 'all' || tracked.length > 0);
