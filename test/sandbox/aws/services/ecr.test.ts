import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ListImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { expect, test } from 'vitest';
import { ecr } from '../../../../sandbox/aws/services/ecr/ecr.ts';
import {
  type Image,
  type ImageAction,
  ImageRegistry,
  imageByTag,
  imageDigest,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../../../sandbox/aws/services/ecr/registry.ts';
import { ACCOUNT, localEdge, REGION } from '../local-edge.ts';

const manifest = (version: string, mediaType = OCI_MANIFEST) =>
  JSON.stringify({ schemaVersion: 2, mediaType, version });

async function registry(imageTagMutability: 'MUTABLE' | 'IMMUTABLE' = 'MUTABLE') {
  const actions: ImageAction[] = [];
  const images = new ImageRegistry({ onAction: (action) => void actions.push(action) });
  const { config } = await localEdge({ services: () => ({ ecr: ecr(images) }) });
  const client = new ECRClient(config());
  await client.send(new CreateRepositoryCommand({ repositoryName: 'podinfo', imageTagMutability }));
  const push = (imageManifest: string, imageTag?: string, more = {}) =>
    client.send(new PutImageCommand({ repositoryName: 'podinfo', imageManifest, imageTag, ...more }));
  const describe = async (...imageIds: object[]) =>
    (
      await client.send(
        new DescribeImagesCommand({ repositoryName: 'podinfo', ...(imageIds.length > 0 && { imageIds }) }),
      )
    ).imageDetails;
  return { client, actions, push, describe, images };
}

test('a push is described by tag and digest, and raises ECR Image Action', async () => {
  const { push, describe, actions } = await registry();
  await push(manifest('6.0.1'), '6.0.1');
  const imageDigestOf601 = imageDigest(manifest('6.0.1'));
  expect(await describe({ imageTag: '6.0.1' })).toMatchObject([
    { imageDigest: imageDigestOf601, imageTags: ['6.0.1'], imageManifestMediaType: OCI_MANIFEST },
  ]);
  expect(actions.map(({ detailType, detail }) => [detailType, detail])).toEqual([
    [
      'ECR Image Action',
      {
        result: 'SUCCESS',
        'repository-name': 'podinfo',
        'image-digest': imageDigestOf601,
        'action-type': 'PUSH',
        'manifest-media-type': OCI_MANIFEST,
        'image-tag': '6.0.1',
      },
    ],
  ]);
});

test('children of a multi-arch push have no tag, their index has', async () => {
  const { push, actions, client } = await registry();
  await push(manifest('arm64'));
  await push(manifest('6.0.1', OCI_INDEX), '6.0.1');
  expect(actions.map(({ detail }) => [detail['image-tag'], detail['manifest-media-type']])).toEqual([
    [undefined, OCI_MANIFEST],
    ['6.0.1', OCI_INDEX],
  ]);
  const untagged = await client.send(
    new ListImagesCommand({ repositoryName: 'podinfo', filter: { tagStatus: 'UNTAGGED' } }),
  );
  expect(untagged.imageIds).toEqual([{ imageDigest: imageDigest(manifest('arm64')) }]);
});

test('a moved tag leaves the old image untagged; the same image again is refused', async () => {
  const { push, describe } = await registry();
  await push(manifest('a'), 'latest');
  await push(manifest('b'), 'latest');
  expect((await describe({ imageDigest: imageDigest(manifest('a')) }))?.[0]?.imageTags).toBeUndefined();
  await expect(push(manifest('b'), 'latest')).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
  await push(manifest('b'), 'stable');
  expect((await describe({ imageTag: 'stable' }))?.[0]?.imageTags).toEqual(['latest', 'stable']);
});

test('an immutable tag stays, a wrong digest is refused, and neither raises an event', async () => {
  const { push, actions } = await registry('IMMUTABLE');
  await push(manifest('a'), '1');
  await expect(push(manifest('b'), '1')).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
  const wrong = push(manifest('c'), '2', { imageDigest: imageDigest(manifest('d')) });
  await expect(wrong).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
  expect(actions).toHaveLength(1);
});

test('images are read back whole; what is not there is a failure, not an error', async () => {
  const { push, client } = await registry();
  await push(manifest('a'), '1');
  const imageIds = [{ imageTag: '1' }, { imageTag: '2' }];
  const answer = await client.send(new BatchGetImageCommand({ repositoryName: 'podinfo', imageIds }));
  expect(answer.images).toMatchObject([{ imageManifest: manifest('a'), imageId: { imageTag: '1' } }]);
  expect(answer.failures).toMatchObject([{ imageId: { imageTag: '2' }, failureCode: 'ImageNotFound' }]);
});

test('a deleted image is gone', async () => {
  const { push, client, describe, actions } = await registry();
  await push(manifest('a'), '1');
  await client.send(
    new BatchDeleteImageCommand({ repositoryName: 'podinfo', imageIds: [{ imageTag: '1' }] }),
  );
  expect(await describe()).toEqual([]);
  expect(actions.at(-1)?.detail['action-type']).toBe('DELETE');
});

test('missing images and repositories are named', async () => {
  const { describe, client } = await registry();
  await expect(describe({ imageTag: '9' })).rejects.toMatchObject({
    name: 'ImageNotFoundException',
    message: /"9"/,
  });
  const none = client.send(new DescribeRepositoriesCommand({ repositoryNames: ['none'] }));
  await expect(none).rejects.toMatchObject({ name: 'RepositoryNotFoundException', message: /'none'/ });
});

test('a replicated image is in the other region, which raises ECR Replication Action', async () => {
  const { push, images, actions } = await registry();
  await push(manifest('6.0.1'), '6.0.1');
  const source = images.needed({ account: ACCOUNT, region: REGION }, 'podinfo');
  const image = imageByTag(source, '6.0.1') as Image;
  const there = { account: ACCOUNT, region: 'us-east-1' };
  const copy = await images.replicate(source, image, '6.0.1', there, 0);
  expect(imageByTag(copy, '6.0.1')?.digest).toBe(image.digest);
  expect(actions.at(-1)).toMatchObject({
    place: there,
    detailType: 'ECR Replication Action',
    resources: [`arn:aws:ecr:us-east-1:${ACCOUNT}:repository/podinfo`],
    detail: {
      'action-type': 'REPLICATE',
      'source-region': REGION,
      'image-tag': '6.0.1',
      'image-digest': image.digest,
    },
  });
});
