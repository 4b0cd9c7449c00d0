import { createHash, createHmac } from 'node:crypto';
import type { Labels, Metadata } from '../objects.ts';
import type { ConfigKind, ConfigReference } from './references.ts';

/** A ConfigMap or a Secret. Values of a Secret, and binary ones, are base64. */
export interface ConfigObject {
  readonly kind: ConfigKind;
  readonly metadata: Metadata;
  readonly data?: Labels;
  /** Of a ConfigMap. */
  readonly binaryData?: Labels;
  /** Of a Secret. */
  readonly type?: string;
}

/** An object whose content is part of the release. */
export interface TrackedConfig {
  readonly reference: ConfigReference;
  readonly object: ConfigObject;
}

type Entry = readonly [key: string, value: string];

/** What is read of an object, each entry once, by key. Binary values are told apart from those of the same text. */
const readOf = (object: ConfigObject, { keys }: Pick<ConfigReference, 'keys'>): readonly Entry[] =>
  [
    ...Object.entries(object.data ?? {}),
    ...Object.entries(object.binaryData ?? {}).map(([key, value]): Entry => [key, `base64:${value}`]),
  ]
    .filter(([key]) => keys === undefined || keys.includes(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** Whether whoever reads `reference` finds the same in both: another key of a shared object makes no difference to it. */
export const sameContent = (
  reference: Pick<ConfigReference, 'keys'>,
  one: ConfigObject,
  other: ConfigObject,
): boolean =>
  one.type === other.type &&
  JSON.stringify(readOf(one, reference)) === JSON.stringify(readOf(other, reference));

/**
 * A digest of one object. That of a Secret is keyed with its uid, random (UUID v4) and told only to those who may read the
 * Secret itself: a plain hash of a short password could be tried out by anybody who reads logs or records. What it costs:
 * a Secret that was deleted and made again counts as changed.
 */
const digestOf = ({ reference, object }: TrackedConfig): string => {
  const { kind, name } = reference;
  const content = JSON.stringify([kind, name, object.type ?? '', readOf(object, reference)]);
  return kind === 'Secret'
    ? createHmac('sha256', object.metadata.uid).update(content).digest('hex')
    : createHash('sha256').update(content).digest('hex');
};

/** Sixteen hex digits that name the configuration of a release; undefined where it has none. No value can be guessed from it. */
export const configHash = (configs: readonly TrackedConfig[]): string | undefined => {
  if (configs.length === 0) return undefined;
  const digests = configs.map(digestOf).sort();
  return createHash('sha256').update(digests.join('\n')).digest('hex').slice(0, 16);
};
