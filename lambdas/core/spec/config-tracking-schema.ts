import * as z from 'zod';
import { kubernetesName } from './names.ts';

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
