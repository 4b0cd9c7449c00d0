import type { ConfigObject } from './config/content.ts';
import type { ConfigKind } from './config/references.ts';
import type { Autoscaler, Deployment, Labels, Pod, ReplicaSet, VirtualRouter } from './objects.ts';

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'replace' | 'remove' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

/** A write: what to send, and how the API server is to understand it. */
export type Patch =
  | { readonly type: 'strategic' | 'merge' | 'apply'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] };

export interface PatchOptions {
  /** Ask the API server whether it would take the patch, admission included, and change nothing. */
  readonly dryRun?: boolean;
  /** For server-side apply: take fields that other managers own. */
  readonly force?: boolean;
}

/** Somebody wrote between our read and our write: read again, decide again. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
}

/**
 * The namespace of a service's workload. A Deployment that is not there is undefined. Errors: Canary.AccessDenied,
 * Canary.Transient, Canary.Refused when the API server will not take a patch; WriteConflict.
 */
export interface ClusterApi {
  deployment(name: string): Promise<Deployment | undefined>;
  /** Those that the labels select. */
  replicaSets(labels: Labels): Promise<readonly ReplicaSet[]>;
  pods(labels: Labels): Promise<readonly Pod[]>;
  autoscalers(): Promise<readonly Autoscaler[]>;
  /** None where the cluster does not know App Mesh. */
  virtualRouters(): Promise<readonly VirtualRouter[]>;
  config(kind: ConfigKind, name: string): Promise<ConfigObject | undefined>;
  /** Makes or changes one by server-side apply. Without `force` a field of another manager is a WriteConflict. */
  applyConfig(kind: ConfigKind, name: string, body: object, options?: PatchOptions): Promise<ConfigObject>;
  patchDeployment(name: string, patch: Patch, options?: PatchOptions): Promise<Deployment>;
  patchAutoscaler(name: string, patch: Patch): Promise<Autoscaler>;
}
