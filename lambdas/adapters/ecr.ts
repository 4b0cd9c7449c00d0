import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { Image, ImageRepository } from '../core/ports.ts';
import { fromAws } from './aws-errors.ts';

/** Images in ECR. */
export class EcrImages implements ImageRepository {
  readonly #client: ECRClient;

  constructor(client: ECRClient) {
    this.#client = client;
  }

  async find(repository: string, reference: string): Promise<Image | undefined> {
    const imageId = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
    const found = await this.#client
      .send(new DescribeImagesCommand({ repositoryName: repository, imageIds: [imageId] }))
      .catch((error: Error) => {
        if (['ImageNotFoundException', 'RepositoryNotFoundException'].includes(error.name)) return undefined;
        return fromAws(`look for ${reference} in the repository ${repository}`)(error);
      });
    const detail = found?.imageDetails?.[0];
    if (detail?.imageDigest === undefined) return undefined;
    return {
      digest: detail.imageDigest,
      tags: detail.imageTags ?? [],
      registry: detail.registryId ?? '',
      mediaType: detail.imageManifestMediaType ?? '',
      ...(detail.artifactMediaType !== undefined && { artifactType: detail.artifactMediaType }),
      ...(detail.imagePushedAt !== undefined && { pushedAt: detail.imagePushedAt.toISOString() }),
    };
  }
}
