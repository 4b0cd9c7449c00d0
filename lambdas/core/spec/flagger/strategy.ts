import { abStrategy } from './ab.ts';
import type { CanaryAnalysis } from './canary.ts';
import type { Findings } from './findings.ts';

/** Flagger goes on while the weight is below the maximum, and never above 100 (fluxcd/flagger 1.44, pkg/controller/scheduler.go). */
const walked = (stepWeight: number, maxWeight: number): number[] => {
  const weights: number[] = [];
  for (let weight = 0; weight < maxWeight; ) {
    weight = Math.min(weight + stepWeight, 100);
    weights.push(weight);
  }
  return weights;
};

/** Flagger's own default where a router cannot split traffic (fluxcd/flagger 1.44, canary.go GetAnalysis). */
const KUBERNETES_ITERATIONS = 10;

const hasMatch = ({ match }: CanaryAnalysis): boolean => Array.isArray(match) && match.length > 0;

/** What Flagger would do in another way than by weights: never changed silently into weights. */
const refuseOther = (
  { mirror, sessionAffinity, ...analysis }: CanaryAnalysis,
  iterations: number,
  path: string,
  findings: Findings,
) => {
  if (iterations <= 0 && hasMatch(analysis))
    findings.note(`${path}.match`, 'left out: without iterations Flagger does not read it either');
  if (mirror === true)
    findings.problem(
      `${path}.mirror`,
      'asks for mirrored traffic, which App Mesh cannot do',
      mirror,
      'leave it out (on App Mesh, Flagger stays at weight 0 for ever with it)',
    );
  if (sessionAffinity !== undefined)
    findings.problem(
      `${path}.sessionAffinity`,
      'asks for session affinity, which App Mesh has no cookies for',
      sessionAffinity,
      'leave it out',
    );
};

const percents = (weights: readonly number[]): boolean =>
  weights.every((weight) => Number.isInteger(weight) && weight > 0);

const listed = (stepWeights: readonly number[], path: string, findings: Findings): object => {
  if (!percents(stepWeights) || stepWeights.length === 0)
    findings.problem(
      `${path}.stepWeights`,
      'must be whole percents from 1',
      stepWeights,
      'such as [5, 10, 25, 50]',
    );
  if (stepWeights.some((weight) => weight > 100))
    findings.note(`${path}.stepWeights`, 'weights above 100 are cut to 100, as Flagger does');
  return { stepWeights: [...new Set(stepWeights.map((weight) => Math.min(weight, 100)))] };
};

const NONE = { stepWeights: [100] };

const stepped = (analysis: CanaryAnalysis, path: string, findings: Findings): object => {
  const { stepWeight = 0, maxWeight = 100 } = analysis;
  if (!percents([stepWeight])) {
    const fix = 'such as 5, or stepWeights: [5, 10, 25, 50]';
    findings.problem(`${path}.stepWeight`, 'must be a whole percent from 1', analysis.stepWeight, fix);
    return NONE;
  }
  if (!percents([maxWeight]) || maxWeight > 100) {
    findings.problem(`${path}.maxWeight`, 'must be a whole percent of 1 to 100', maxWeight, 'such as 50');
    return NONE;
  }
  const weights = walked(stepWeight, maxWeight);
  if (weights.at(-1) === maxWeight) return { stepWeight, maxWeight };
  findings.note(
    `${path}.maxWeight`,
    `Flagger goes over it: ${weights.join(', ')} %, and so does the imported spec; write stepWeight and maxWeight to stay at ${maxWeight} %`,
  );
  return { stepWeights: weights };
};

/** How traffic goes back to the primary: nothing to say where it does so at once. */
const returned = ({ stepWeightPromotion = 0 }: CanaryAnalysis, path: string, findings: Findings): object => {
  if (stepWeightPromotion === 0) return {};
  if (percents([stepWeightPromotion]) && stepWeightPromotion <= 100) return { stepWeightPromotion };
  const fix = 'such as 25, or leave it out';
  findings.problem(
    `${path}.stepWeightPromotion`,
    'must be a whole percent of 1 to 100',
    stepWeightPromotion,
    fix,
  );
  return {};
};

/** Tests without traffic, then all of it: what Flagger reads of the canary before the switch is what a load test sends. */
const blueGreen = (iterations: number, path: string, findings: Findings): object => {
  if (!Number.isInteger(iterations) || iterations > 1000) {
    findings.problem(`${path}.iterations`, 'must be a whole number of 1 to 1000', iterations, 'such as 10');
    return { iterations: 1, countUnrouted: true };
  }
  findings.note(
    `${path}.iterations`,
    'becomes strategy.blueGreen, with countUnrouted: before the switch its metrics come from a load test, which must be one of the callers (--callers); without one no data fails each check, as with Flagger',
  );
  return { iterations, countUnrouted: true };
};

/** With provider kubernetes there is no other way than blue/green, and `match` says nothing. */
const forced = (analysis: CanaryAnalysis, path: string, findings: Findings): CanaryAnalysis => {
  const { match: _unread, iterations = 0, ...rest } = analysis;
  if (hasMatch(analysis))
    findings.note(`${path}.match`, 'left out, as Flagger does with provider kubernetes');
  if (iterations > 0) return { ...rest, iterations };
  findings.note(
    `${path}.iterations`,
    `${iterations} becomes ${KUBERNETES_ITERATIONS}, as Flagger does with provider kubernetes`,
  );
  return { ...rest, iterations: KUBERNETES_ITERATIONS };
};

const byWeights = (analysis: CanaryAnalysis, path: string, findings: Findings): object => {
  const { stepWeight = 0, stepWeights } = analysis;
  if (stepWeights === undefined) return stepped(analysis, path, findings);
  if (stepWeight === 0) return listed(stepWeights, path, findings);
  const fix = 'leave one of the two out';
  findings.problem(`${path}.stepWeights`, 'must not stand beside stepWeight', stepWeights, fix);
  return NONE;
};

/** The way that Flagger would go, as `strategy` says it. */
export const strategyOf = (
  written: CanaryAnalysis,
  provider: string | undefined,
  path: string,
  findings: Findings,
): object => {
  const analysis = provider === 'kubernetes' ? forced(written, path, findings) : written;
  const { iterations = 0 } = analysis;
  refuseOther(analysis, iterations, path, findings);
  const course = { ...returned(analysis, path, findings), onTick: true };
  if (iterations > 0 && hasMatch(analysis)) {
    const { match } = analysis;
    return { ab: { ...abStrategy({ match, iterations }, path, findings), ...course } };
  }
  if (iterations > 0) return { blueGreen: { ...blueGreen(iterations, path, findings), ...course } };
  return { canary: { ...byWeights(analysis, path, findings), ...course } };
};
