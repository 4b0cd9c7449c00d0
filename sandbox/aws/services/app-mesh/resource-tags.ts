import { resourcesOf } from '../../iam/resources.ts';
import type { MoreContext } from '../../iam/store.ts';
import type { MeshStore } from './store.ts';

/** The condition keys `aws:ResourceTag/…` of a call: the tags of the resource that it names, not of its targets. */
export const resourceTags =
  (store: MeshStore): MoreContext =>
  async (input, call) => {
    const [arn = '*'] = await resourcesOf(`appmesh:${call.operation}`, input, call);
    return Object.fromEntries(
      [...store.tags(arn)].map(([key, value]) => [`aws:ResourceTag/${key}`, [value]]),
    );
  };
