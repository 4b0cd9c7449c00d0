import { type DeployedService, readService } from '../adapters/spec-parameters.ts';
import type { RequestAnswer } from '../core/claim/request.ts';
import { withConfig } from '../core/claim/revision.ts';
import { notePutBack, requestOf } from '../core/claim/template-request.ts';
import { lastGood } from '../core/claim/undo.ts';
import { CanaryError, ErrorName, isCanaryError } from '../core/errors.ts';
import type { Executions, Image, ImageRepository } from '../core/ports.ts';
import type { CanaryTemplate } from '../core/read-workload.ts';
import {
  isReferrerTag,
  notRunnable,
  type PushedImage,
  REQUESTED,
  readPush,
  readRequest,
  releaseOf,
} from '../core/release.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { startRequested } from '../core/safety/start.ts';
import { matchesTag } from '../core/spec/tags.ts';
import type { RolloutStore } from '../core/store.ts';
import { executions, imageRepository, rolloutStore } from '../runtime/ports.ts';
import { runningDigest, runningWorkload } from '../runtime/running-digest.ts';
import { task } from '../runtime/task.ts';

/** An event by the service's rule (an ECR push, or somebody's request), or a call that names a tag. */
export interface StartRequest {
  /** `service@target`. */
  readonly service: string;
  readonly event?: object;
  /** For a call: the tag to release. `retry` runs a release again that was taken in before. */
  readonly tag?: string;
  readonly retry?: boolean;
  /** For a call without a tag: releases again what ran before. */
  readonly undo?: boolean;
  /** By the service's schedule: releases the canary's pod template where somebody has changed it. */
  readonly template?: boolean;
  /** ISO 8601; for a call, when it was made. */
  readonly now?: string;
}

export interface StartPorts {
  readonly store: RolloutStore;
  readonly executions: Executions;
  readonly images: ImageRepository;
  /** The digest that the primary runs, asked of the cluster; undefined where it cannot be told. */
  readonly runningDigest: () => Promise<string | undefined>;
  /** What stands in the canary's pod template; undefined where it cannot be told. */
  readonly canaryTemplate: () => Promise<CanaryTemplate | undefined>;
}

/** Rollouts to look back over: many may have been rolled back since the last promotion. */
const HISTORY = 200;

const skipped = (reason: string): RequestAnswer => ({ kind: 'skipped', reason });

const ofCall = (service: DeployedService, image: Image, tag: string, at: string): PushedImage => ({
  account: image.registry,
  region: service.target.region,
  repository: service.spec.trigger.ecr.repository,
  tag,
  digest: image.digest,
  at,
});

/** Which image is asked for, or why none is to be released. */
const wanted = async (
  service: DeployedService,
  request: StartRequest,
  ports: StartPorts,
  now: string,
): Promise<PushedImage | string> => {
  const { repository, tags } = service.spec.trigger.ecr;
  const push = request.event === undefined ? undefined : readPush(request.event);
  const tag = push?.tag ?? request.tag ?? '';
  if (push !== undefined && push.repository !== repository)
    return `the push was to ${push.repository}, not to ${repository}`;
  if (push !== undefined && !matchesTag(tag, tags)) return `tag ${tag} matches none of ${tags.join(', ')}`;
  if (isReferrerTag(tag)) return `tag ${tag} is of a signature or the like, about another image`;
  const image = await ports.images.find(repository, tag);
  if (image === undefined) {
    if (push !== undefined) return `tag ${tag} is no more in ${repository}`;
    throw new CanaryError(
      ErrorName.InvalidInput,
      `tag: ${repository} has no image ${tag}; push it, or name a tag that is there`,
    );
  }
  if (push !== undefined && push.digest !== image.digest)
    return `tag ${tag} was pushed again since: it is ${image.digest} now`;
  return notRunnable(image) ?? push ?? ofCall(service, image, tag, now);
};

/** The image that ran before what runs now. Throws Canary.InvalidInput where it is not known, gone, or something rolls. */
const before = async (service: DeployedService, ports: StartPorts, now: string): Promise<PushedImage> => {
  const { repository } = service.spec.trigger.ecr;
  const { claim } = await ports.store.read(service.service);
  if (claim !== undefined)
    throw new CanaryError(
      ErrorName.InvalidInput,
      `undo: a rollout of ${claim.input.release.tag} is under way; stop it: stepcanary abort ${service.service}`,
    );
  const good = lastGood(await ports.store.history(service.service, HISTORY));
  if (typeof good === 'string') throw new CanaryError(ErrorName.InvalidInput, `undo: ${good}`);
  const image = await ports.images.find(repository, good.digest ?? good.tag);
  if (image === undefined)
    throw new CanaryError(
      ErrorName.InvalidInput,
      `undo: ${good.tag} ran before, and ${repository} has it no more (${good.digest ?? 'by its tag'})`,
    );
  // Of an image that was named by its digest alone, the repository may know a tag.
  const tag = good.tag === good.digest ? (image.tags[0] ?? 'untagged') : good.tag;
  return ofCall(service, image, tag, now);
};

/** Starts a rollout where somebody has changed the canary's pod template since a rollout wrote it, or ever. */
const startOfTemplate = async (
  ports: StartPorts,
  service: DeployedService,
  now: string,
): Promise<RequestAnswer> => {
  const { trigger, workload } = service.spec;
  const template = await ports.canaryTemplate();
  if (template === undefined) return skipped(`the pod template of ${workload.canary} cannot be read`);
  const { repository } = trigger.ecr;
  // Only then does it matter what came between; most looks find the canary as the primary.
  const putBack =
    template.byRollout &&
    !template.asPrimary &&
    (await ports.store.read(service.service)).last?.putBack === true;
  const request = requestOf(template, repository, workload.canary, putBack);
  if (template.asPrimary && !template.byRollout)
    await ports.store.update(service.service, (record) => notePutBack(record, template, now));
  if (typeof request === 'string') return skipped(request);
  const image = await ports.images.find(repository, request.reference);
  if (image === undefined) return skipped(`${repository} has no image ${request.reference}`);
  const release = { ...releaseOf(ofCall(service, image, request.tag, now)), revision: request.revision };
  return startRequested(ports.store, ports.executions, { ...service, release }, { retry: false, now });
};

/** The same image with what is configured now, for a call; undefined where that was released already. */
const configured = async (ports: StartPorts, input: RolloutInput): Promise<RolloutInput | undefined> => {
  const template = await ports.canaryTemplate();
  if (template?.configIsNews !== true) return undefined;
  const revision = withConfig(input.release.revision, template.config);
  return { ...input, release: { ...input.release, revision } };
};

/** Decides whether a push or a call starts a rollout (I3, I7), and starts it or lets it wait for the one under way. */
export const startRollout =
  (ports: StartPorts) =>
  async (service: DeployedService, request: StartRequest, now: string): Promise<RequestAnswer> => {
    const { undo = false, template = false } = request;
    if (template) return startOfTemplate(ports, service, now);
    const push = await (undo ? before(service, ports, now) : wanted(service, request, ports, now));
    if (typeof push === 'string') return skipped(push);
    const input: RolloutInput = { ...service, release: releaseOf(push) };
    const retry = undo || (request.retry ?? false);
    const { running, claim } = await ports.store.read(service.service);
    const unknown = !retry && running === undefined && claim === undefined;
    const runs = unknown ? await ports.runningDigest() : undefined;
    const asked = { retry, now, ...(runs !== undefined && { runs }) };
    const answered = await startRequested(ports.store, ports.executions, input, asked);
    const byCall = request.event === undefined && claim === undefined;
    if (answered.kind !== 'skipped' || !byCall) return answered;
    const changed = await configured(ports, input);
    return changed === undefined ? answered : startRequested(ports.store, ports.executions, changed, asked);
  };

const isPush = ({ event }: StartRequest): boolean =>
  event !== undefined && (event as { 'detail-type'?: string })['detail-type'] !== REQUESTED;

/** An event that asks for a release is a call, made when it was sent. */
export const asCall = (request: StartRequest): StartRequest => {
  const asked = request.event === undefined ? undefined : readRequest(request.event);
  if (asked === undefined) return request;
  const { event: _, ...rest } = request;
  return { ...rest, tag: asked.tag, retry: asked.retry, now: asked.at };
};

/** A caller's mistake is an answer, for an error would raise this function's alarm; one in a push is a fault of its rule. */
export const answerMistakes = async (
  request: StartRequest,
  run: () => Promise<RequestAnswer>,
): Promise<RequestAnswer> => {
  try {
    return await run();
  } catch (error) {
    if (isPush(request) || !isCanaryError(error, ErrorName.InvalidInput)) throw error;
    return { kind: 'refused', reason: error.message };
  }
};

const answer = async (received: StartRequest): Promise<RequestAnswer> => {
  const request = asCall(received);
  const service = await readService(request.service);
  const ports: StartPorts = {
    store: rolloutStore(),
    executions: executions(),
    images: imageRepository(service, 'start-rollout'),
    runningDigest: () => runningDigest(service),
    canaryTemplate: async () => (await runningWorkload(service))?.canary,
  };
  const time =
    (request.event as { time?: string } | undefined)?.time ?? request.now ?? new Date().toISOString();
  return startRollout(ports)(service, request, new Date(time).toISOString());
};

export const handler = task(async (request: StartRequest, { logger }) => {
  const answered = await answerMistakes(request, () => answer(request));
  logger.info(
    answered.kind === 'start' ? `started ${answered.name}` : `${answered.kind}: ${answered.reason}`,
  );
  return answered;
});
