import type { MeshRoute } from '../route-table.ts';
import type { Answered, Attempt } from './weighted-proxy.ts';

/** A version's ready pods behind a virtual node, and where they answer. */
export interface NodePods {
  readonly version: string;
  readonly ready: number;
  readonly origin: string;
}

/** What the data plane goes by. */
export interface DataPlaneConfig {
  readonly routes: readonly MeshRoute[];
  /** By virtual node. */
  readonly pods: Readonly<Record<string, readonly NodePods[]>>;
  /** Requests a second of the sandbox's time. */
  readonly rps: number;
}

/** How the data plane starts. */
export interface DataPlaneSettings {
  readonly seed: string;
  readonly callers: readonly string[];
  /** How many times as fast as real time the sandbox's runs. */
  readonly scale: number;
  readonly config: DataPlaneConfig;
}

/** To the data plane: go by this from now on, and answer `applied` with the same number. */
export interface ConfigMessage {
  readonly sequence: number;
  readonly config: DataPlaneConfig;
}

/** From the data plane. */
export type DataPlaneMessage =
  | { readonly type: 'listening'; readonly origin: string }
  | { readonly type: 'counts'; readonly attempts: readonly Attempt[]; readonly answers: readonly Answered[] }
  | { readonly type: 'applied'; readonly sequence: number };
