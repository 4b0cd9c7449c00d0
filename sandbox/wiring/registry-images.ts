import { type ImageRegistry, imageByTag } from '../aws/services/ecr/registry.ts';
import { partsOfImage } from '../kubernetes/pods/images.ts';
import type { Images } from '../kubernetes/server.ts';

/** `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME` */
const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/;

/** From a pod's creation to its readiness, where nobody says otherwise. */
const READY_AFTER_MS = 1_000;

/** Images as the sandbox's registry has them: one that is not in its ECR repository cannot be pulled; others are fine. */
export const registryImages = (registry: () => ImageRegistry): Images => ({
  behaviour: (image) => {
    const { repository, tag, digest } = partsOfImage(image);
    const [, account = '', region = '', name = ''] = ECR.exec(repository) ?? [];
    if (name === '') return { pods: 'ok', readyAfterMs: READY_AFTER_MS, digest };
    const known = registry().get({ account, region }, name);
    const found =
      digest === undefined ? known && imageByTag(known, tag ?? 'latest') : known?.images.get(digest);
    const pods = found === undefined ? 'image-pull' : 'ok';
    return { pods, readyAfterMs: READY_AFTER_MS, digest: found?.digest };
  },
});
