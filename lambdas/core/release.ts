import { CanaryError, ErrorName } from './errors.ts';
import { awsDomain } from './partition.ts';
import type { Image } from './ports.ts';
import type { Release } from './rollout.ts';

/** What of an ECR event matters. */
export interface PushedImage {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** ISO 8601: when the image was pushed, or arrived by replication. */
  readonly at: string;
}

interface EcrEvent {
  readonly account?: string;
  readonly region?: string;
  readonly time?: string;
  readonly 'detail-type'?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const KINDS: Readonly<Record<string, string>> = {
  'ECR Image Action': 'PUSH',
  'ECR Replication Action': 'REPLICATE',
};

const refuse = (path: string, wrong: string): never => {
  throw new CanaryError(
    ErrorName.InvalidInput,
    `${path}: ${wrong}; only a successful push or replication of a tagged image starts a rollout`,
  );
};

const text = (event: EcrEvent, key: string): string => {
  const value = event.detail?.[key];
  return typeof value === 'string' && value !== ''
    ? value
    : refuse(`event.detail.${key}`, `must be a text, got ${JSON.stringify(value) ?? 'nothing'}`);
};

/** Reads an EventBridge event of ECR. Throws Canary.InvalidInput for an event of another kind, naming what it was. */
export const readPush = (event: EcrEvent): PushedImage => {
  const kind = event['detail-type'] ?? 'nothing';
  const action =
    KINDS[kind] ??
    refuse('event.detail-type', `must be ${Object.keys(KINDS).join(' or ')}, got ${JSON.stringify(kind)}`);
  if (text(event, 'action-type') !== action)
    refuse(
      'event.detail.action-type',
      `must be ${action}, got ${JSON.stringify(event.detail?.['action-type'])}`,
    );
  if (text(event, 'result') !== 'SUCCESS')
    refuse('event.detail.result', `must be SUCCESS, got ${JSON.stringify(event.detail?.result)}`);
  return {
    account: event.account ?? refuse('event.account', 'is missing'),
    region: event.region ?? refuse('event.region', 'is missing'),
    repository: text(event, 'repository-name'),
    tag: text(event, 'image-tag'),
    digest: text(event, 'image-digest'),
    at: new Date(event.time ?? refuse('event.time', 'is missing')).toISOString(),
  };
};

/** The detail type of an event by which others ask for a release: source `stepcanary`, on the account's default bus. */
export const REQUESTED = 'Release Requested';

/** What such an event asks for. */
export interface RequestedRelease {
  readonly tag: string;
  readonly retry: boolean;
  /** ISO 8601: when it was asked for. */
  readonly at: string;
}

const KNOWN_KEYS = ['service', 'tag', 'retry'];

/** Every problem of such an event's detail, each `path: what is wrong, got value`. */
const requestProblems = (detail: Readonly<Record<string, unknown>>): readonly string[] => {
  const got = (value: unknown) => JSON.stringify(value) ?? 'nothing';
  const { tag, retry } = detail;
  const unknown = Object.keys(detail).filter((key) => !KNOWN_KEYS.includes(key));
  return [
    ...(typeof tag === 'string' && tag !== ''
      ? []
      : [`event.detail.tag: must be the image tag to release, got ${got(tag)}`]),
    ...(retry === undefined || typeof retry === 'boolean'
      ? []
      : [`event.detail.retry: must be true or false, got ${got(retry)}`]),
    ...unknown.map((key) => `event.detail.${key}: is not known; ${KNOWN_KEYS.join(', ')} are`),
  ];
};

/**
 * Reads an event by which somebody asks for a release; undefined for any other event. Throws Canary.InvalidInput with
 * every problem at once.
 */
export const readRequest = (event: EcrEvent): RequestedRelease | undefined => {
  if (event['detail-type'] !== REQUESTED) return undefined;
  const { detail = {}, time = '' } = event;
  const problems = requestProblems(detail);
  if (problems.length > 0) throw new CanaryError(ErrorName.InvalidInput, problems.join('\n'));
  return { tag: String(detail.tag), retry: detail.retry === true, at: new Date(time).toISOString() };
};

/**
 * Manifests that a container can run from: Docker's schema 2 and OCI, one platform or many. Charts, signatures and
 * attestations are OCI manifests too, told apart by their config's media type (OCI image specification 1.1).
 */
const RUNNABLE = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];
const CONTAINER_CONFIG = [
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
];

/**
 * Signatures, attestations and bills of materials of Cosign and ORAS stand under the digest that they speak of, some as
 * manifests that look like an image's: `sha256-….sig` (Cosign), `sha256-…` (OCI distribution 1.1, referrers tag schema).
 */
const ABOUT_ANOTHER = /^sha256-[0-9a-f]{64}(\..+)?$/;

/** Whether a tag, by its form, is of what speaks about another image, so that nobody means it as a release. */
export const isReferrerTag = (tag: string): boolean => ABOUT_ANOTHER.test(tag);

/** Why an image is none that can be rolled out; undefined when it can be. */
export const notRunnable = (image: Image): string | undefined => {
  if (image.mediaType !== '' && !RUNNABLE.includes(image.mediaType))
    return `its media type is ${image.mediaType}`;
  const { artifactType } = image;
  if (artifactType !== undefined && !CONTAINER_CONFIG.includes(artifactType))
    return `it is an artifact of type ${artifactType}`;
  return undefined;
};

/** The release of an image: pulled by digest, so that a tag pushed again cannot change it. */
export const releaseOf = (push: PushedImage): Release => ({
  revision: push.digest,
  image: `${push.account}.dkr.ecr.${push.region}.${awsDomain(push.region)}/${push.repository}:${push.tag}@${push.digest}`,
  repository: push.repository,
  tag: push.tag,
  digest: push.digest,
  requestedAt: push.at,
  attempt: 1,
});
