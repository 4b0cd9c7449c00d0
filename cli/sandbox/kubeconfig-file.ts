import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A kubeconfig on disk, in a folder of its own. */
export interface KubeconfigFile {
  readonly path: string;
  remove(): void;
}

/** Writes a kubeconfig where only this user can read it; nobody's own kubeconfig is touched. */
export const writeKubeconfig = (kubeconfig: string): KubeconfigFile => {
  const folder = mkdtempSync(join(tmpdir(), 'stepcanary-kubeconfig-'));
  const path = join(folder, 'config');
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
