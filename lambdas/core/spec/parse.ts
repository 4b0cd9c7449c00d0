import { planProblems, steps } from '../plan.ts';
import { analysisProblems } from './analysis.ts';
import { gateProblems } from './gates.ts';
import { hookProblems } from './hooks.ts';
import { matchProblems } from './match.ts';
import { problemsOf } from './problems.ts';
import { type RolloutSpec, rolloutSpec } from './schema.ts';
import { sourceProblems, sourceTiming } from './source.ts';
import { strategyProblems } from './strategy-problems.ts';

/** A parsed value, or every problem at once, each `path: what is wrong, got value`. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What no single field can say. */
const contradictions = (spec: RolloutSpec): string[] => {
  const { trigger, workload, router, analysis } = spec;
  const problems: string[] = [];
  if (trigger.ecr.tags.length === 0 && !trigger.template) {
    problems.push(
      'trigger.ecr.tags: must have at least one tag pattern, such as "6.*", or trigger.template be true, got []',
    );
  }
  if (workload.primary === workload.canary) {
    problems.push(`workload.canary: must be another Deployment than the primary, got "${workload.canary}"`);
  }
  if (router.appMesh.primary === router.appMesh.canary) {
    problems.push(
      `router.appMesh.canary: must be another virtual node than the primary's, got "${router.appMesh.canary}"`,
    );
  }
  const weights = steps(spec).filter((weight) => weight > 0);
  problems.push(...planProblems(spec), ...gateProblems(spec.gates, weights), ...hookProblems(spec.hooks));
  problems.push(...strategyProblems(spec));
  problems.push(...matchProblems(spec));
  problems.push(...analysisProblems(analysis), ...sourceProblems(analysis));
  const { period } = sourceTiming(analysis);
  if (analysis.interval < period) {
    problems.push(
      `analysis.interval: must not be shorter than the source's period of ${period}s, got ${analysis.interval}s`,
    );
  }
  return problems;
};

/** Parses a rollout spec: the one function that the CDK app, the CLI and every Lambda use. Parsing twice changes nothing. */
export const parseSpec = (value: unknown): Parsed<RolloutSpec> => {
  const parsed = rolloutSpec.safeParse(value);
  if (!parsed.success) return { ok: false, problems: problemsOf(rolloutSpec, value, parsed.error.issues) };
  const problems = contradictions(parsed.data);
  return problems.length === 0 ? { ok: true, value: parsed.data } : { ok: false, problems };
};
