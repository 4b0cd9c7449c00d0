import type { CanaryTemplate } from '../read-workload.ts';
import type { ServiceRecord } from '../record.ts';
import type { Changed } from '../store.ts';
import { withConfig } from './revision.ts';

/** Tag and digest of an image's name; a name without a tag is of `latest`, as for Docker. */
const partsOf = (
  image: string,
): { readonly name: string; readonly tag: string; readonly digest?: string } => {
  const [whole = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(whole)?.[1];
  const name = tag === undefined ? whole : whole.slice(0, -tag.length - 1);
  return { name, tag: tag ?? 'latest', ...(digest !== undefined && { digest }) };
};

/** What a changed pod template asks to be released. */
export interface TemplateRequest {
  /** Names the template: the same one starts one rollout. */
  readonly revision: string;
  readonly tag: string;
  /** By what the repository is asked for the image. */
  readonly reference: string;
}

/** Start of the revisions that are pod templates. */
const TEMPLATE = 'template:';

/** A template and what it reads: one of them changed is another revision. */
const revisionOf = ({ hash, config }: Pick<CanaryTemplate, 'hash' | 'config'>): string =>
  withConfig(`${TEMPLATE}${hash}`, config);

/**
 * What the canary's pod template asks for, or, in a sentence, why it asks for nothing: a rollout wrote it, the primary
 * runs it already, or its image is of another repository.
 * @param putBack whether it was put back since then: what a rollout wrote may be somebody's wish again
 */
export const requestOf = (
  template: CanaryTemplate,
  repository: string,
  canary: string,
  putBack = false,
): TemplateRequest | string => {
  const { image, byRollout, asPrimary } = template;
  if (byRollout && !putBack) return `the pod template of ${canary} is what a rollout deployed`;
  if (asPrimary) return `the pod template of ${canary} is what the primary runs`;
  const { name, tag, digest } = partsOf(image);
  if (name !== repository && !name.endsWith(`/${repository}`))
    return `${canary} got the image ${image}, which is not of ${repository}`;
  return { revision: revisionOf(template), tag, reference: digest ?? tag };
};

/** A template that was put back to what the primary runs came between: the one of before may run again (I3). */
export const notePutBack = (record: ServiceRecord, template: CanaryTemplate, now: string): Changed<void> => {
  const revision = revisionOf(template);
  const { last } = record;
  if (!last?.revision.startsWith(TEMPLATE) || last.revision === revision)
    return { record, answer: undefined };
  const noted = { revision, requestedAt: now, tag: partsOf(template.image).tag, putBack: true } as const;
  return { record: { ...record, last: noted }, answer: undefined };
};
