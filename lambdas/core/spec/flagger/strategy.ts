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

const LATER = 'weighted steps are there: write stepWeight and maxWeight';

/** What Flagger would do in another way than by weights: never changed silently into weights. */
const refuseOther = (
  { iterations = 0, match, mirror, sessionAffinity }: CanaryAnalysis,
  path: string,
  findings: Findings,
) => {
  const matched = Array.isArray(match) && match.length > 0;
  if (iterations > 0) {
    const what = matched ? 'A/B testing (match and iterations)' : 'blue/green (iterations)';
    findings.problem(`${path}.iterations`, `asks for ${what}, which this version has not`, iterations, LATER);
  } else if (matched)
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

/** The weights that Flagger would go through, as `strategy.canary` says it. */
export const strategyOf = (analysis: CanaryAnalysis, path: string, findings: Findings): object => {
  refuseOther(analysis, path, findings);
  const { stepWeight = 0, stepWeights, iterations = 0 } = analysis;
  if (iterations > 0) return NONE;
  const back = returned(analysis, path, findings);
  if (stepWeights === undefined) return { ...stepped(analysis, path, findings), ...back };
  if (stepWeight === 0) return { ...listed(stepWeights, path, findings), ...back };
  const fix = 'leave one of the two out';
  findings.problem(`${path}.stepWeights`, 'must not stand beside stepWeight', stepWeights, fix);
  return NONE;
};
