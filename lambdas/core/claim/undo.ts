import type { RolloutSummary } from '../record.ts';

/** An image by which a version can be found again. */
export interface GoodVersion {
  readonly tag: string;
  /** `sha256:…`; absent where only the tag was known. */
  readonly digest?: string;
}

/** `6.0.0` of `registry/podinfo:6.0.0@sha256:…`; undefined for an image that names none. */
const tagOf = (image: string): string | undefined => /:([^:@/]+)(?:@|$)/.exec(image.replace(/@.*/, ''))?.[1];

/**
 * What the primary ran before it got what it runs now: noted when that was promoted, else the release that was promoted
 * before it. Or, in a sentence, why nothing is known. Undoing twice comes back to where it was.
 * @param history newest first
 */
export const lastGood = (history: readonly RolloutSummary[]): GoodVersion | string => {
  const promoted = history.filter(({ outcome }) => outcome === 'promoted');
  const [now, ...before] = promoted;
  if (now === undefined)
    return 'no release of it is known to have been promoted, so there is nothing to undo';
  const { replaced, release } = now;
  const tag = replaced && (tagOf(replaced.image) ?? replaced.digest);
  if (replaced !== undefined && tag !== undefined)
    return { tag, ...(replaced.digest !== undefined && { digest: replaced.digest }) };
  const earlier = before.find((summary) => summary.release.revision !== release.revision);
  return earlier === undefined
    ? `what ran before ${release.tag} is not known; name it: stepcanary start ${now.service} --tag TAG --retry`
    : { tag: earlier.release.tag, digest: earlier.release.digest };
};
