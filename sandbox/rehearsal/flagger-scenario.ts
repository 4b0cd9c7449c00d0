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
  /** Names of the Secrets that its pods read. */
  readonly secrets: readonly string[];
  /** The scenario's own. */
  readonly folder: string;
}

const around = (target: TargetWorkload, { metrics, templates, secrets }: AroundCanary): Surroundings => ({
  container: target.container,
  push: true,
  template: templates,
  secrets,
  settle: 0,
  delay: metrics.delay,
  published: metrics.period,
});

/** Inline queries ask the Prometheus that Flagger is set up with. */
const OUT_THERE = { queriesAt: 'http://prometheus.example.com:9090', rehearsed: true };

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
 * it targets may stand beside it and says the container and the replicas, MetricTemplates beside it are what its metrics ask.
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
  const imported = importCanary(canary, { ...around(target, scenario), ...OUT_THERE, manifests });
  if (!imported.ok) return { problems: imported.problems.map((problem) => `flagger: ${problem}`) };
  return { canary: { ...imported, ...(target.replicas !== undefined && { replicas: target.replicas }) } };
};
