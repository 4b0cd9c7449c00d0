import { type Image, imageByTag, OCI_MANIFEST } from '../aws/services/ecr/registry.ts';
import type { Place } from '../aws/services/place.ts';
import type { Sandbox } from '../sandbox.ts';

/** A manifest that tells versions apart; layers are not kept, so it names none. */
const manifestOf = (repository: string, version: string): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 2,
    },
    layers: [],
    annotations: {
      'org.opencontainers.image.title': repository,
      'org.opencontainers.image.version': version,
    },
  });

/**
 * Pushes a version to the sandbox's registry, which raises the push event; a version that is there already is pushed
 * again, as a new event of the same image.
 */
export const pushImage = async (
  sandbox: Sandbox,
  place: Place,
  name: string,
  version: string,
): Promise<Image> => {
  const { images } = sandbox.stores;
  const now = sandbox.clock.now();
  const repository = images.get(place, name) ?? images.create(place, name, now);
  const known = imageByTag(repository, version);
  if (known === undefined)
    return images.push(repository, { manifest: manifestOf(name, version), tag: version }, now);
  await images.announce(repository, known, version, now);
  return known;
};

/** Sees that a version is in the sandbox's registry, without anybody being told of a push. */
export const ensureImage = (sandbox: Sandbox, place: Place, name: string, version: string): Image => {
  const { images } = sandbox.stores;
  const now = sandbox.clock.now();
  const repository = images.get(place, name) ?? images.create(place, name, now);
  const known = imageByTag(repository, version);
  return known ?? images.put(repository, { manifest: manifestOf(name, version), tag: version }, now);
};

/** The image as a pod template names it: by tag, for people, and by digest. */
export const pullReference = (
  { account, region }: Place,
  name: string,
  version: string,
  { digest }: Image,
): string => `${account}.dkr.ecr.${region}.amazonaws.com/${name}:${version}@${digest}`;
