import type {
  Deployment as AnyDeployment,
  ReplicaSet as AnyReplicaSet,
  DeploymentSpec,
  ReplicaSetSpec,
} from 'kubernetes-types/apps/v1.js';
import type {
  HorizontalPodAutoscaler as AnyAutoscaler,
  HorizontalPodAutoscalerSpec,
} from 'kubernetes-types/autoscaling/v2.js';
import type { Pod as AnyPod, Container, PodSpec } from 'kubernetes-types/core/v1.js';
import type { LabelSelector, ManagedFieldsEntry, OwnerReference } from 'kubernetes-types/meta/v1.js';

/** A JSON object whose members are not known. */
export type JsonObject = { [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `metadata` as every stored object has it. */
export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

/** An object of the API. Objects in the store are never changed in place: a write replaces them. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: unknown;
  status?: unknown;
}

type Stored<T> = Omit<T, 'apiVersion' | 'kind' | 'metadata' | 'spec'> & KubeObject;

export type PodTemplate = { metadata: Partial<Metadata>; spec: PodSpec };
export type Deployment = Stored<AnyDeployment> & {
  spec: Omit<DeploymentSpec, 'template'> & { replicas: number; template: PodTemplate };
};
export type ReplicaSet = Stored<AnyReplicaSet> & {
  spec: Omit<ReplicaSetSpec, 'template'> & { replicas: number; template: PodTemplate };
};
export type Pod = Stored<AnyPod> & { spec: PodSpec };
export type Autoscaler = Stored<AnyAutoscaler> & { spec: HorizontalPodAutoscalerSpec };
export interface ConfigMap extends KubeObject {
  data?: { [key: string]: string };
  /** base64 */
  binaryData?: { [key: string]: string };
  immutable?: boolean;
}
export interface Secret extends KubeObject {
  type?: string;
  /** base64 */
  data?: { [key: string]: string };
  /** Plain text, which a write turns into `data`. */
  stringData?: { [key: string]: string };
  immutable?: boolean;
}
export type Labels = { readonly [key: string]: string };
export type { Container, LabelSelector, ManagedFieldsEntry, OwnerReference, PodSpec };

/** A core/v1 Event as far as it is used here. */
export interface KubeEvent extends KubeObject {
  involvedObject: { kind: string; namespace?: string; name: string; uid: string; apiVersion: string };
  reason: string;
  message: string;
  type: 'Normal' | 'Warning';
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  source: { component: string };
}

/** The object as plain JSON, for code that walks fields of any kind. */
export const asJson = (object: object): JsonObject => object as JsonObject;

/** A deep copy without members that are null: typed clients write `creationTimestamp: null` for what they don't set. */
export const withoutNulls = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) => (member === null ? undefined : member)) as T;

/** A deep copy without `undefined` members, as JSON would carry it. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A Kubernetes timestamp: RFC 3339 in whole seconds. */
export const timestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** A random version-4 UUID from an injected source of numbers in [0, 1). */
export const randomUid = (random: () => number): string =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random() * 16).toString(16));

/** The letters that Kubernetes uses in generated names: no vowels, nothing that looks like another. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** A suffix as `generateName` appends it. */
export const randomSuffix = (random: () => number, length = 5): string =>
  Array.from({ length }, () => NAME_LETTERS[Math.floor(random() * NAME_LETTERS.length)]).join('');

/** A ten-letter hash of a value, stable over runs, spelt in the letters of generated names. */
export const nameHash = (value: unknown): string => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(JSON.stringify(sorted(value)))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  const letters = BigInt(NAME_LETTERS.length);
  let name = '';
  for (let left = hash; name.length < 10; left /= letters) name += NAME_LETTERS[Number(left % letters)];
  return name;
};

/** The value with the members of every object in alphabetical order. */
export const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};
