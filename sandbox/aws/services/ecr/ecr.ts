import { AwsError, type Behaviours, type Call } from '../../service.ts';
import { pageOf } from '../paging.ts';
import {
  imageDigest as digestOfManifest,
  type Image,
  type ImageRegistry,
  imageByTag,
  type Repository,
} from './registry.ts';

const PAGE = 100;

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

interface Selected {
  readonly id: ImageId;
  readonly image: Image | undefined;
}

const select = (repository: Repository, ids: readonly ImageId[]): readonly Selected[] =>
  ids.map((id) => {
    const image =
      id.imageDigest === undefined
        ? imageByTag(repository, id.imageTag ?? '')
        : repository.images.get(id.imageDigest);
    const tagFits = id.imageTag === undefined || image?.tags.has(id.imageTag) === true;
    return { id, image: tagFits ? image : undefined };
  });

const failure = ({ id }: Selected) => ({
  imageId: id,
  failureCode: 'ImageNotFound',
  failureReason: 'Requested image not found',
});

const describeRepository = ({ name, arn, place, createdAt, tagMutability }: Repository) => ({
  repositoryName: name,
  repositoryArn: arn,
  registryId: place.account,
  repositoryUri: `${place.account}.dkr.ecr.${place.region}.amazonaws.com/${name}`,
  createdAt,
  imageTagMutability: tagMutability,
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: 'AES256' },
});

const describeImage = ({ name, place }: Repository, image: Image) => ({
  registryId: place.account,
  repositoryName: name,
  imageDigest: image.digest,
  ...(image.tags.size > 0 && { imageTags: [...image.tags] }),
  imageSizeInBytes: image.sizeInBytes,
  imagePushedAt: image.pushedAt,
  imageManifestMediaType: image.mediaType,
  ...(image.artifactMediaType !== undefined && { artifactMediaType: image.artifactMediaType }),
});

const wholeImage = ({ name, place }: Repository, image: Image, imageTag: string | undefined) => ({
  registryId: place.account,
  repositoryName: name,
  imageId: { imageDigest: image.digest, ...(imageTag !== undefined && { imageTag }) },
  imageManifest: image.manifest,
  imageManifestMediaType: image.mediaType,
});

const paged = <T>(
  all: readonly T[],
  { maxResults = PAGE, nextToken }: { maxResults?: number; nextToken?: string },
) => pageOf(all, { size: maxResults, token: nextToken, invalid: 'InvalidParameterException' });

const next = (token: string | undefined) => (token === undefined ? {} : { nextToken: token });

const tagged = (image: Image, status: string | undefined): boolean =>
  status === undefined || status === 'ANY' || image.tags.size > 0 === (status === 'TAGGED');

/** An image's id as ECR's messages have it. */
const idText = ({ imageDigest = 'null', imageTag = 'null' }: { imageDigest?: string; imageTag?: string }) =>
  `{imageDigest:'${imageDigest}', imageTag:'${imageTag}'}`;

/** Amazon ECR: repositories and manifests. */
export function ecr(registry: ImageRegistry): Behaviours {
  const repositoryOf = (
    { repositoryName, registryId }: { repositoryName: string; registryId?: string },
    { region, account }: Call,
  ): Repository => registry.needed({ region, account: registryId ?? account }, repositoryName);

  return {
    CreateRepository({ repositoryName, imageTagMutability }, call) {
      if (registry.get(call, repositoryName) !== undefined) {
        const message = `The repository with name '${repositoryName}' already exists in the registry with id '${call.account}'`;
        throw new AwsError('RepositoryAlreadyExistsException', message);
      }
      return {
        repository: describeRepository(registry.create(call, repositoryName, call.now, imageTagMutability)),
      };
    },

    DescribeRepositories(input, call) {
      const place = { region: call.region, account: input.registryId ?? call.account };
      const named = input.repositoryNames?.map((name: string) => registry.needed(place, name));
      const page = paged<Repository>(named ?? registry.list(place), input);
      return { repositories: page.items.map(describeRepository), ...next(page.next) };
    },

    DescribeImages(input, call) {
      const repository = repositoryOf(input, call);
      const selected = input.imageIds === undefined ? undefined : select(repository, input.imageIds);
      const missing = selected?.find(({ image }) => image === undefined);
      if (missing !== undefined) {
        const message = `The image with imageId ${idText(missing.id)} does not exist within the repository with name '${repository.name}' in the registry with id '${repository.place.account}'`;
        throw new AwsError('ImageNotFoundException', message);
      }
      const all = selected?.flatMap(({ image }) => image ?? []) ?? [...repository.images.values()];
      const page = paged(
        all.filter((image) => tagged(image, input.filter?.tagStatus)),
        input,
      );
      return {
        imageDetails: page.items.map((image) => describeImage(repository, image)),
        ...next(page.next),
      };
    },

    ListImages(input, call) {
      const images = [...repositoryOf(input, call).images.values()];
      const ids = images
        .filter((image) => tagged(image, input.filter?.tagStatus))
        .flatMap(({ digest, tags }): ImageId[] =>
          tags.size === 0
            ? [{ imageDigest: digest }]
            : [...tags].map((imageTag) => ({ imageDigest: digest, imageTag })),
        );
      const page = paged(ids, input);
      return { imageIds: page.items, ...next(page.next) };
    },

    BatchGetImage(input, call) {
      const repository = repositoryOf(input, call);
      const selected = select(repository, input.imageIds);
      return {
        images: selected.flatMap(({ id, image }) =>
          image === undefined ? [] : [wholeImage(repository, image, id.imageTag)],
        ),
        failures: selected.filter(({ image }) => image === undefined).map(failure),
      };
    },

    async PutImage({ imageManifest, imageManifestMediaType, imageTag, imageDigest, ...input }, call) {
      const repository = repositoryOf(input as Parameters<typeof repositoryOf>[0], call);
      const push = { manifest: imageManifest, mediaType: imageManifestMediaType, tag: imageTag };
      if (imageDigest !== undefined && imageDigest !== digestOfManifest(imageManifest))
        throw new AwsError(
          'ImageDigestDoesNotMatchException',
          `The digest ${imageDigest} is not the manifest's.`,
        );
      const image = await registry.push(repository, push, call.now);
      return { image: wholeImage(repository, image, imageTag) };
    },

    async BatchDeleteImage(input, call) {
      const repository = repositoryOf(input, call);
      const selected = select(repository, input.imageIds);
      for (const { id, image } of selected)
        if (image !== undefined) await registry.delete(repository, image, id.imageTag, call.now);
      return {
        imageIds: selected.flatMap(({ id, image }) =>
          image === undefined ? [] : [{ ...id, imageDigest: image.digest }],
        ),
        failures: selected.filter(({ image }) => image === undefined).map(failure),
      };
    },
  };
}
