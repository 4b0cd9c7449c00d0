import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Documents, documentsIn } from '../../infra/yaml-documents.ts';
import { type ImportedCanary, importCanary } from '../../lambdas/core/spec/flagger/import-canary.ts';
import {
  isCanary,
  manifestsIn,
  type TargetWorkload,
  targetAmong,
} from '../../lambdas/core/spec/flagger/manifests.ts';
import type { Surroundings } from '../../lambdas/core/spec/flagger/surroundings.ts';

/** A scenario's Canary as it will be rehearsed. */
export interface CanaryScenario extends ImportedCanary {
  /** Pods of the target, where its Deployment stands beside the Canary. */
  readonly replicas?: number;
}

type Read = { readonly canary: CanaryScenario } | { readonly problems: readonly string[] };

/** What a scenario says around its Canary. */
export interface AroundCanary {
  /** In seconds; the period where the scenario says one. */
  readonly metrics: { readonly delay: number; readonly period: number | undefined };
  /** Whether its timeline changes pod templates: only then they are looked at. */
  readonly templates: boolean;
  /** The scenario's own. */
  readonly folder: string;
}

const around = (target: TargetWorkload, { metrics, templates }: AroundCanary): Surroundings => ({
  container: target.container,
  push: true,
  template: templates,
  settle: 0,
  delay: metrics.delay,
  published: metrics.period,
});

/** A text of one line is a file's name, of more it is the manifests themselves. */
const textOf = (text: string, folder: string): Documents => {
  if (text.includes('\n')) return documentsIn(text);
  const path = resolve(folder, text);
  try {
    return documentsIn(readFileSync(path, 'utf8'));
  } catch {
    return { problem: `there is no file ${path}; it is relative to the scenario's own folder` };
  }
};

/**
 * Reads `flagger:` of a scenario: a Canary, a list of manifests with one Canary, YAML as a text, or a file's name. The Deployment that
 * it targets may stand beside it and says the container and the replicas.
 */
export const readCanary = (flagger: unknown, scenario: AroundCanary): Read => {
  const read = typeof flagger === 'string' ? textOf(flagger, scenario.folder) : { documents: flagger };
  if ('problem' in read) return { problems: [`flagger: ${read.problem}`] };
  const manifests = manifestsIn(read.documents);
  const canaries = manifests.filter(isCanary);
  const [canary] = canaries;
  if (canary === undefined || canaries.length > 1)
    return {
      problems: [
        `flagger: must hold exactly one Canary, got ${canaries.length}; a rehearsal has one service`,
      ],
    };
  const target = targetAmong(manifests, canary);
  const imported = importCanary(canary, around(target, scenario));
  if (!imported.ok) return { problems: imported.problems.map((problem) => `flagger: ${problem}`) };
  return { canary: { ...imported, ...(target.replicas !== undefined && { replicas: target.replicas }) } };
};
