import { createHash } from 'node:crypto';
import { arnOf } from '../../names.ts';
import { AwsError } from '../../service.ts';
import { PerPlace, type Place } from '../place.ts';

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** An image of a repository; untagged ones are the children of an index, or lost their tag to another. */
export interface Image {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  readonly artifactMediaType: string | undefined;
  readonly tags: Set<string>;
  readonly sizeInBytes: number;
  readonly pushedAt: Date;
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly place: Place;
  readonly createdAt: Date;
  readonly tagMutability: 'MUTABLE' | 'IMMUTABLE';
  /** By digest. */
  readonly images: Map<string, Image>;
}

/** What is pushed. */
export interface Push {
  readonly manifest: string;
  /** @default what the manifest says of itself, else OCI's image manifest */
  readonly mediaType?: string | undefined;
  readonly tag?: string | undefined;
}

/** A push, a deletion or a replication as its EventBridge event says it. */
export interface ImageAction {
  readonly place: Place;
  readonly detailType: 'ECR Image Action' | 'ECR Replication Action';
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface RegistryOptions {
  /** Told of each push, deletion and replication, for the event bus. */
  readonly onAction?: (action: ImageAction) => void | Promise<void>;
}

const notFound = (name: string, account: string) =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  );

const describing = (
  manifest: string,
): { mediaType?: string; config?: { mediaType?: string }; artifactType?: string } => {
  try {
    return JSON.parse(manifest);
  } catch {
    throw new AwsError(
      'InvalidParameterException',
      "Invalid parameter at 'ImageManifest': it is not valid JSON",
    );
  }
};

/** The digest of a manifest, `sha256:…`. */
export const imageDigest = (manifest: string): string =>
  `sha256:${createHash('sha256').update(manifest).digest('hex')}`;

/** The container registry of the sandbox: repositories and images, per account and region. Layers are not kept. */
export class ImageRegistry {
  readonly #options: RegistryOptions;
  readonly #repositories = new PerPlace(() => new Map<string, Repository>());

  constructor(options: RegistryOptions = {}) {
    this.#options = options;
  }

  create(
    place: Place,
    name: string,
    at: number,
    tagMutability: Repository['tagMutability'] = 'MUTABLE',
  ): Repository {
    const repository: Repository = {
      name,
      arn: arnOf('ecr', place.region, place.account, `repository/${name}`),
      place: { account: place.account, region: place.region },
      createdAt: new Date(at),
      tagMutability,
      images: new Map(),
    };
    this.#repositories.at(place).set(name, repository);
    return repository;
  }

  get(place: Place, name: string): Repository | undefined {
    return this.#repositories.at(place).get(name);
  }

  /** @throws AwsError RepositoryNotFoundException */
  needed(place: Place, name: string): Repository {
    const repository = this.get(place, name);
    if (repository === undefined) throw notFound(name, place.account);
    return repository;
  }

  list(place: Place): readonly Repository[] {
    return [...this.#repositories.at(place).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Pushes an image and raises its `ECR Image Action` event. Pushing the same digest under another tag is a push again.
   * @throws AwsError ImageAlreadyExistsException, ImageTagAlreadyExistsException
   */
  async push(repository: Repository, pushed: Push, at: number): Promise<Image> {
    const image = this.put(repository, pushed, at);
    await this.#raise(repository, image, 'PUSH', pushed.tag, at);
    return image;
  }

  /** The same without its event: an image of long ago. */
  put(repository: Repository, { manifest, mediaType, tag }: Push, at: number): Image {
    const about = describing(manifest);
    const digest = imageDigest(manifest);
    const known = repository.images.get(digest);
    const holder = tag === undefined ? undefined : imageByTag(repository, tag);
    if (known !== undefined && (tag === undefined || holder === known))
      throw alreadyThere(repository, digest, tag);
    if (holder !== undefined && repository.tagMutability === 'IMMUTABLE')
      throw immutable(repository, tag as string);
    holder?.tags.delete(tag as string);
    const image: Image = known ?? {
      digest,
      manifest,
      mediaType: mediaType ?? about.mediaType ?? OCI_MANIFEST,
      artifactMediaType: about.artifactType ?? about.config?.mediaType,
      tags: new Set(),
      sizeInBytes: Buffer.byteLength(manifest),
      pushedAt: new Date(at),
    };
    if (tag !== undefined) image.tags.add(tag);
    repository.images.set(digest, image);
    return image;
  }

  /** Raises the push event of an image that is there already, as when it is pushed to a tag that it had before. */
  async announce(repository: Repository, image: Image, tag: string, at: number): Promise<void> {
    await this.#raise(repository, image, 'PUSH', tag, at);
  }

  /** Takes an image, or one of its tags, out of the repository and raises the event. */
  async delete(repository: Repository, image: Image, tag: string | undefined, at: number): Promise<void> {
    if (tag !== undefined) image.tags.delete(tag);
    if (tag === undefined || image.tags.size === 0) repository.images.delete(image.digest);
    await this.#raise(repository, image, 'DELETE', tag, at);
  }

  /**
   * Copies an image to another region or account, where its repository comes to be, and raises the destination's
   * `ECR Replication Action` event (ECR User Guide, "Amazon ECR events and EventBridge").
   */
  async replicate(source: Repository, image: Image, tag: string, to: Place, at: number): Promise<Repository> {
    const repository = this.get(to, source.name) ?? this.create(to, source.name, at, source.tagMutability);
    imageByTag(repository, tag)?.tags.delete(tag);
    const copy = repository.images.get(image.digest) ?? { ...image, tags: new Set(), pushedAt: new Date(at) };
    copy.tags.add(tag);
    repository.images.set(image.digest, copy);
    const detail = {
      result: 'SUCCESS',
      'repository-name': source.name,
      'image-digest': image.digest,
      'source-account': source.place.account,
      'action-type': 'REPLICATE',
      'source-region': source.place.region,
      'image-tag': tag,
    };
    const resources = [repository.arn];
    const { place } = repository;
    await this.#options.onAction?.({ place, detailType: 'ECR Replication Action', resources, detail, at });
    return repository;
  }

  #raise({ name, place }: Repository, image: Image, action: string, tag: string | undefined, at: number) {
    const detail = {
      result: 'SUCCESS',
      'repository-name': name,
      'image-digest': image.digest,
      'action-type': action,
      'manifest-media-type': image.mediaType,
      ...(image.artifactMediaType !== undefined && { 'artifact-media-type': image.artifactMediaType }),
      ...(tag !== undefined && { 'image-tag': tag }),
    };
    return this.#options.onAction?.({ place, detailType: 'ECR Image Action', resources: [], detail, at });
  }
}

/** The image that has a tag. */
export const imageByTag = (repository: Repository, tag: string): Image | undefined =>
  [...repository.images.values()].find(({ tags }) => tags.has(tag));

const alreadyThere = ({ name, place }: Repository, digest: string, tag: string | undefined) =>
  new AwsError(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}' and tag '${tag}' already exists in the repository with name '${name}' in registry with id '${place.account}'`,
  );

const immutable = ({ name }: Repository, tag: string) =>
  new AwsError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the repository is immutable.`,
  );
