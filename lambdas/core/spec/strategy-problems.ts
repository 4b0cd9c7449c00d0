import { populationsDiffer } from '../judge/populations.ts';
import { takesPart } from './analysis.ts';
import { ratesOf } from './metrics.ts';
import type { RolloutSpec } from './schema.ts';
import { blueGreenOf } from './strategy.ts';

/** Where the limits alone decide, limits that weigh nothing roll nothing back. */
const weightProblems = ({ strategy, analysis }: RolloutSpec): string[] => {
  if (!populationsDiffer({ strategy }) || !takesPart('sequential', analysis)) return [];
  return [...ratesOf(analysis), ...(analysis.custom ?? [])].every(({ limitWeight }) => limitWeight === 0)
    ? [
        `analysis.metrics: must have one with a limitWeight above 0: with ${Object.keys(strategy)[0]} only limits roll back, got 0 for all`,
      ]
    : [];
};

const unroutedProblems = (spec: RolloutSpec): string[] =>
  blueGreenOf(spec)?.countUnrouted === true && spec.analysis.judge !== 'threshold'
    ? [
        'strategy.blueGreen.countUnrouted: only the threshold judge counts requests that the route did not send, got judge: ' +
          `${spec.analysis.judge}; leave it out, or set analysis.judge: threshold`,
      ]
    : [];

/** What is wrong with a strategy beside an analysis. Part of parsing a spec. */
export const strategyProblems = (spec: RolloutSpec): string[] => [
  ...weightProblems(spec),
  ...unroutedProblems(spec),
];
