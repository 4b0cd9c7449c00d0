import type { z } from 'zod';
import type { analysis } from './analysis-schema.ts';
import { ratesOf } from './metrics.ts';
import { ownProblems } from './own-metrics.ts';

type Analysis = z.output<typeof analysis>;

/** Which judge decides, or whose verdicts are shown beside. */
export type JudgeName = Analysis['judge'];

/** Whether a judge has a say in an analysis, acting or advisory. */
export const takesPart = (judge: JudgeName, of: Pick<Analysis, 'judge' | 'advisory'>): boolean =>
  of.judge === judge || of.advisory === judge;

/** The chance that a healthy release is ever rolled back, where a spec says nothing else. */
export const DEFAULT_ALPHA = 0.01;

/** Evidence that weighs nothing rolls nothing back. */
const weightProblems = (of: Analysis): string[] => {
  const weighs = ratesOf(of).some(({ weight, limitWeight }) => weight !== 0 || limitWeight !== 0);
  return weighs || !takesPart('sequential', of) || (of.custom ?? []).length > 0
    ? []
    : [
        'analysis.metrics: must have one with a weight or limitWeight above 0, or nothing is ever rolled back, got 0 for all',
      ];
};

/** What is wrong with an analysis taken as a whole. Part of parsing a spec. */
export const analysisProblems = (of: Analysis): string[] => {
  const problems: string[] = [];
  if (of.advisory === of.judge)
    problems.push(`analysis.advisory: must be the other judge than the acting one, got "${of.advisory}"`);
  if (of.threshold === undefined && (takesPart('threshold', of) || of.noData === 'fail')) {
    const whose =
      of.noData === 'fail' ? 'noData: fail counts failed checks' : 'the threshold judge counts to it';
    problems.push(`analysis.threshold: is missing, ${whose}: how many failed checks roll back, got nothing`);
  }
  const { alpha = DEFAULT_ALPHA, hold } = of.sequential ?? {};
  if (hold !== undefined && hold >= 1 / alpha)
    problems.push(
      `analysis.sequential.hold: must be below 1/alpha (${Math.round(1 / alpha)}), where it rolls back, got ${hold}`,
    );
  return [...problems, ...weightProblems(of), ...ownProblems(of)];
};
