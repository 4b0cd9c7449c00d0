import { describe, expect, test } from 'vitest';
import { CanaryError } from '../../../lambdas/core/errors.ts';
import type { Image } from '../../../lambdas/core/ports.ts';
import type { CanaryTemplate } from '../../../lambdas/core/read-workload.ts';
import { releaseOf } from '../../../lambdas/core/release.ts';
import { answerMistakes, asCall, startRollout } from '../../../lambdas/events/start-rollout.ts';
import { FakeExecutions } from '../../fakes/fake-executions.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { input, spec } from '../../fakes/rollouts.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const { release, ...service } = input();
const IMAGE: Image = {
  digest: release.digest,
  tags: ['6.0.1'],
  registry: '111122223333',
  mediaType: 'application/vnd.oci.image.index.v1+json',
};

/** The example event of the ECR user guide, for our repository. */
const pushed = (detail: object = {}, kind = 'ECR Image Action') => ({
  version: '0',
  id: '13cde686-328b-6117-af20-0e5566167482',
  'detail-type': kind,
  source: 'aws.ecr',
  account: '111122223333',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'podinfo',
    'image-digest': release.digest,
    'action-type': 'PUSH',
    'image-tag': '6.0.1',
    ...detail,
  },
});

const engine = (
  images: Readonly<Record<string, Image>> = { '6.0.1': IMAGE },
  running?: string,
  tags = ['6.*'],
  template?: CanaryTemplate,
) => {
  const ofTags = spec((written) => ({ ...written, trigger: { ecr: { repository: 'podinfo', tags } } }));
  const store = new MemoryStore();
  const executions = new FakeExecutions();
  const ports = {
    store,
    executions,
    images: { find: async (_: string, tag: string) => images[tag] },
    runningDigest: async () => running,
    canaryTemplate: async () => template,
  };
  const start = (request: object) =>
    startRollout(ports)({ ...service, spec: ofTags }, { service: service.service, ...request }, NOW);
  return { start, executions };
};

describe('a push', () => {
  test('starts the image by digest, under the name that people know', async () => {
    const { start, executions } = engine();
    await expect(start({ event: pushed() })).resolves.toMatchObject({ kind: 'start' });
    expect([...executions.started.values()][0]?.release).toMatchObject({
      image: release.image,
      revision: release.digest,
      requestedAt: NOW,
    });
  });

  test('that arrived by replication starts the image of this region', async () => {
    const event = pushed({ 'action-type': 'REPLICATE' }, 'ECR Replication Action');
    await expect(engine().start({ event })).resolves.toMatchObject({ kind: 'start' });
  });

  test.each([
    ['to another repository', { 'repository-name': 'other' }, 'the push was to other, not to podinfo'],
    ['of a tag that is not ours', { 'image-tag': '7.0.0' }, 'tag 7.0.0 matches none of 6.*'],
    ['of a tag that is gone', { 'image-tag': '6.9.9' }, 'tag 6.9.9 is no more in podinfo'],
    [
      'of an image that the tag has left',
      { 'image-digest': `sha256:${'f'.repeat(64)}` },
      `tag 6.0.1 was pushed again since: it is ${release.digest} now`,
    ],
  ])('%s starts nothing and says why', async (_, detail, reason) => {
    await expect(engine().start({ event: pushed(detail) })).resolves.toEqual({ kind: 'skipped', reason });
  });

  test.each([
    [
      'a Helm chart',
      {
        ...IMAGE,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/vnd.cncf.helm.config.v1+json',
      },
    ],
    ['an attestation', { ...IMAGE, mediaType: 'application/vnd.in-toto+json' }],
  ])('of %s starts nothing', async (_, image) => {
    await expect(engine({ '6.0.1': image }).start({ event: pushed() })).resolves.toMatchObject({
      kind: 'skipped',
    });
  });

  test.each(['.sig', '.att', ''])(
    'of what Cosign or ORAS keeps as sha256-…%s starts nothing, though any tag would do',
    async (end) => {
      const tag = `sha256-${'a'.repeat(64)}${end}`;
      const { start, executions } = engine({ [tag]: IMAGE }, undefined, ['*']);
      await expect(start({ event: pushed({ 'image-tag': tag }) })).resolves.toMatchObject({
        kind: 'skipped',
        reason: expect.stringContaining('signature'),
      });
      expect(executions.started.size).toBe(0);
    },
  );

  test('of what the primary runs starts nothing, though no rollout was ever seen (I7)', async () => {
    const { start, executions } = engine({ '6.0.1': IMAGE }, release.digest);
    await expect(start({ event: pushed() })).resolves.toMatchObject({
      kind: 'skipped',
      reason: 'the primary runs 6.0.1 already',
    });
    expect(executions.started.size).toBe(0);
  });

  test('starts even when the cluster cannot tell what runs: the preflight will say', async () => {
    await expect(engine().start({ event: pushed() })).resolves.toMatchObject({ kind: 'start' });
  });
});

describe('an event of another kind is refused with path, value and fix', () => {
  test.each([
    [
      pushed({}, 'ECR Image Scan'),
      'event.detail-type: must be ECR Image Action or ECR Replication Action, got "ECR Image Scan"',
    ],
    [pushed({ 'action-type': 'DELETE' }), 'event.detail.action-type: must be PUSH, got "DELETE"'],
    [pushed({ result: 'FAILURE' }), 'event.detail.result: must be SUCCESS, got "FAILURE"'],
    [pushed({ 'image-tag': undefined }), 'event.detail.image-tag: must be a text, got nothing'],
  ])('%#', async (event, message) => {
    await expect(engine().start({ event })).rejects.toMatchObject({
      name: 'Canary.InvalidInput',
      message: expect.stringContaining(message),
    });
  });
});

describe('an event by which somebody asks for a release', () => {
  const requested = (detail: object) => ({
    service: service.service,
    event: {
      'detail-type': 'Release Requested',
      source: 'stepcanary',
      time: '2026-01-01T00:00:00Z',
      detail: { service: service.service, ...detail },
    },
  });

  test('is a call, made when it was sent', async () => {
    const call = asCall(requested({ tag: '6.0.1', retry: true }));
    expect(call).toEqual({ service: service.service, tag: '6.0.1', retry: true, now: NOW });
    await expect(engine({ '6.0.1': IMAGE }, release.digest).start(call)).resolves.toMatchObject({
      kind: 'start',
    });
  });

  test('with mistakes is answered with all of them, and raises no alarm', async () => {
    const request = requested({ retry: 'yes', image: 'podinfo' });
    await expect(answerMistakes(request, async () => engine().start(asCall(request)))).resolves.toEqual({
      kind: 'refused',
      reason: [
        'event.detail.tag: must be the image tag to release, got nothing',
        'event.detail.retry: must be true or false, got "yes"',
        'event.detail.image: is not known; service, tag, retry are',
      ].join('\n'),
    });
  });

  test('of another kind goes on as the push that it is', () => {
    const request = { service: service.service, event: pushed() };
    expect(asCall(request)).toBe(request);
  });
});

test('an image in China is pulled from the registry of its partition', () => {
  const { image } = releaseOf({
    ...{ account: '111122223333', region: 'cn-north-1', repository: 'podinfo' },
    ...{ tag: '6.0.1', digest: release.digest, at: NOW },
  });
  expect(image).toBe(`111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/podinfo:6.0.1@${release.digest}`);
});

describe('a call', () => {
  test('starts the image that the tag has', async () => {
    await expect(engine().start({ tag: '6.0.1' })).resolves.toMatchObject({ kind: 'start' });
  });

  test('for a tag that is not in the repository says so', async () => {
    await expect(engine().start({ tag: '6.6.6' })).rejects.toMatchObject({
      name: 'Canary.InvalidInput',
      message: 'tag: podinfo has no image 6.6.6; push it, or name a tag that is there',
    });
  });

  test('that is a mistake gets it as an answer; an event that is one raises the alarm', async () => {
    const { start } = engine();
    const asked = (request: object) =>
      answerMistakes({ service: service.service, ...request }, () => start(request));
    await expect(asked({ tag: '6.6.6' })).resolves.toEqual({
      kind: 'refused',
      reason: 'tag: podinfo has no image 6.6.6; push it, or name a tag that is there',
    });
    await expect(asked({ event: pushed({ result: 'FAILURE' }) })).rejects.toThrow('event.detail.result');
    const away = new CanaryError('Canary.Transient', 'ECR is away');
    await expect(answerMistakes({ service: service.service }, () => Promise.reject(away))).rejects.toBe(away);
  });

  test('starts again what was taken in before, with retry', async () => {
    const { start } = engine({ '6.0.1': IMAGE }, release.digest);
    await expect(start({ tag: '6.0.1', retry: true })).resolves.toMatchObject({ kind: 'start' });
  });
});

describe('the image that runs, with another configuration', () => {
  const news: CanaryTemplate = {
    image: release.image,
    hash: 'abc',
    config: 'c0ffee',
    configIsNews: true,
    byRollout: false,
    asPrimary: false,
  };
  const running = (template: CanaryTemplate) => engine(undefined, release.digest, undefined, template);

  test('is started by a call, once', async () => {
    const { start, executions } = running(news);
    await expect(start({ tag: '6.0.1' })).resolves.toMatchObject({ kind: 'start' });
    await expect(start({ tag: '6.0.1' })).resolves.toMatchObject({ kind: 'skipped' });
    expect([...executions.started.values()].map((it) => it.release.revision)).toEqual([
      `${release.digest}+config:c0ffee`,
    ]);
  });

  test('is not started by a push, whose events may come twice', async () => {
    const { start } = running(news);
    await expect(start({ event: pushed() })).resolves.toMatchObject({ kind: 'skipped' });
    await start({ tag: '6.0.1' });
    const again = { ...pushed(), time: '2026-01-01T01:00:00Z' };
    await expect(start({ event: again })).resolves.toMatchObject({ kind: 'skipped' });
  });

  test('is not started where it was released already', async () => {
    const { start } = running({ ...news, configIsNews: false });
    await expect(start({ tag: '6.0.1' })).resolves.toMatchObject({ kind: 'skipped' });
  });
});

describe('a look at the canary’s pod template', () => {
  const changed: CanaryTemplate = {
    image: `${IMAGE.registry}/podinfo:6.0.1`,
    hash: 'abc',
    byRollout: false,
    configIsNews: false,
    asPrimary: false,
  };
  const look = { template: true };

  test('releases what somebody wrote into it, by the digest that its tag has, once', async () => {
    const { start, executions } = engine(undefined, undefined, undefined, changed);
    await expect(start(look)).resolves.toMatchObject({ kind: 'start' });
    // Its start may have been lost: the same execution is started again, which does nothing.
    await expect(start(look)).resolves.toMatchObject({ kind: 'start' });
    expect([...executions.started.values()].map((it) => it.release)).toEqual([
      expect.objectContaining({ revision: 'template:abc', tag: '6.0.1', image: release.image }),
    ]);
  });

  test.each<[string, Partial<CanaryTemplate>, string]>([
    ['a rollout wrote', { byRollout: true }, 'is what a rollout deployed'],
    ['the primary runs', { asPrimary: true }, 'is what the primary runs'],
    ['is of another repository', { image: 'docker.io/other:6.0.1' }, 'which is not of podinfo'],
    ['is not in the repository', { image: 'podinfo:7.7.7' }, 'podinfo has no image 7.7.7'],
  ])('starts nothing for what %s', async (_, change, reason) => {
    const { start, executions } = engine(undefined, undefined, undefined, { ...changed, ...change });
    await expect(start(look)).resolves.toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining(reason),
    });
    expect(executions.started.size).toBe(0);
  });

  test('releases again what a rollout wrote, when it was put back in between', async () => {
    const seen = { ...changed, config: 'bad' };
    const { start } = engine(undefined, undefined, undefined, seen);
    await expect(start(look)).resolves.toMatchObject({ kind: 'start' });
    Object.assign(seen, { byRollout: true, hash: 'pinned' });
    await expect(start(look)).resolves.toMatchObject({ kind: 'skipped' });
    Object.assign(seen, { byRollout: false, asPrimary: true, config: 'good' });
    await expect(start(look)).resolves.toMatchObject({ kind: 'skipped' });
    Object.assign(seen, { byRollout: true, asPrimary: false, config: 'bad' });
    await expect(start(look)).resolves.toMatchObject({ kind: 'queued' });
  });

  test('starts nothing where the cluster cannot tell', async () => {
    await expect(engine().start(look)).resolves.toMatchObject({ kind: 'skipped' });
  });
});
