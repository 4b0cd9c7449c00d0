import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutSpec } from '../lambdas/core/spec/schema.ts';
import { builtOnce, cacheFolder, contentKey, isBuilt } from './cache.ts';
import { type DeploymentTarget, TARGETS_FILE } from './targets.ts';

/** All that a synthesis reads of this repository. */
const SOURCES = ['lambdas/**/*.ts', 'infra/**/*.ts', 'statemachine/*.json', 'package-lock.json'];

/** A service to synthesise. */
export interface CachedService {
  readonly spec: RolloutSpec;
  readonly target: DeploymentTarget;
}

const writeRollouts = (folder: string, services: readonly CachedService[]): void => {
  mkdirSync(folder, { recursive: true });
  // JSON is YAML.
  const targets = services.map(({ target: { name, ...rest } }) => [name, rest] as const);
  writeFileSync(join(folder, TARGETS_FILE), JSON.stringify(Object.fromEntries(targets)));
  for (const { spec } of services)
    writeFileSync(join(folder, `${spec.service}-${spec.target}.yaml`), JSON.stringify(spec));
};

/**
 * Does `work` with another home folder: the CDK keeps fingerprints in `~/.cdk`, which may not be writable, and where it is
 * below /proc, Node's recursive mkdir never comes back.
 */
const withHome = async <T>(home: string, work: () => Promise<T>): Promise<T> => {
  const { HOME } = process.env;
  process.env.HOME = home;
  try {
    return await work();
  } finally {
    if (HOME === undefined) delete process.env.HOME;
    else process.env.HOME = HOME;
  }
};

/**
 * The folder of the cloud assembly of these services, as `npm run synth` would write it; synthesised once for the same
 * specs and sources. The CDK is only loaded when it is needed: its import alone takes longer than a rehearsal.
 */
export const cachedAssembly = async (
  services: readonly CachedService[],
  cache = cacheFolder(),
): Promise<string> => {
  const folder = join(cache, `assembly-${contentKey(SOURCES, JSON.stringify(services))}`);
  if (isBuilt(folder)) return folder;
  // By its process, as all that a rehearsal leaves when it is killed: a synthesis hears no other signal.
  const rollouts = mkdtempSync(join(tmpdir(), `stepcanary-${process.pid}-rollouts-`));
  try {
    writeRollouts(rollouts, services);
    return await withHome(rollouts, async () => {
      const { synthesise } = await import('./synthesise.ts');
      return builtOnce(folder, (outDirectory) =>
        synthesise({ rolloutsDirectory: rollouts, outDirectory, quiet: true, disposable: true }),
      );
    });
  } finally {
    rmSync(rollouts, { recursive: true, force: true });
  }
};
