import type { Clock } from '../../clock.ts';
import type { Api } from '../api.ts';
import { applyManifest, type Manifest } from '../manifest.ts';
import { StatusError } from '../status.ts';
import { CONTROLLER_USER } from './replica-set.ts';

/** A GitOps controller that heals itself: what Git says is applied again and again. */
export interface GitOps {
  /** The field manager under which it applies: `argocd-controller`, `kustomize-controller`. */
  readonly manager: string;
  readonly manifests: Manifest;
  /** @default 3,000: Argo CD's self-heal notices drift within seconds */
  readonly intervalMs?: number;
}

const INTERVAL_MILLISECONDS = 3_000;

/**
 * Applies Git's fields by forced server-side apply, now and every few seconds. Fields that Git leaves out stay with whoever
 * owns them. A refused apply is tried again at the next turn, as controllers do. Returns what ends it.
 */
export const startGitOps = (
  api: Api,
  clock: Clock,
  { manager, manifests, intervalMs = INTERVAL_MILLISECONDS }: GitOps,
): (() => void) => {
  let cancel = () => {};
  const turn = () => {
    cancel = clock.schedule(clock.now() + intervalMs, turn);
    try {
      applyManifest(api, manifests, { user: CONTROLLER_USER, fieldManager: manager });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  };
  turn();
  return () => cancel();
};
