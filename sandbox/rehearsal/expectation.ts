import type { Configs } from '../bootstrap/configs.ts';
import { unmetEvents, unmetWeights } from './expected-course.ts';
import type { RehearsalResult } from './result.ts';
import type { Expectation, Scenario } from './scenario.ts';

const unreadBy = (expected: Configs, { final }: RehearsalResult): string[] =>
  Object.entries(expected).flatMap(([id, values]) =>
    Object.entries(values).flatMap(([key, value]) => {
      const read = final.primaryReads?.[id]?.[key] ?? 'nothing';
      if (read === value) return [];
      return [`${id} with ${key} ${value} was expected to be read by the primary at the end, got ${read}`];
    }),
  );

const mismatches = (expected: Expectation, result: RehearsalResult, index: number): string[] => {
  const rollout = result.rollouts[index];
  if (rollout === undefined)
    return [`rollout ${index + 1}: was expected, but there were ${result.rollouts.length}`];
  const name = `rollout ${index + 1}, ${rollout.version}`;
  const { outcome, reasonContains, failedRequestsAtMost, finalVersion, weights, events, primaryReads } =
    expected;
  return [
    ...(outcome !== undefined && outcome !== rollout.outcome
      ? [`${name}: outcome ${outcome} was expected, got ${rollout.outcome}: ${rollout.reason}`]
      : []),
    ...(reasonContains !== undefined && !rollout.reason.includes(reasonContains)
      ? [`${name}: a reason with "${reasonContains}" was expected, got "${rollout.reason}"`]
      : []),
    ...(failedRequestsAtMost !== undefined && result.failedRequests > failedRequestsAtMost
      ? [
          `${name}: at most ${failedRequestsAtMost} failed requests were expected, got ${result.failedRequests}`,
        ]
      : []),
    ...(finalVersion !== undefined && finalVersion !== result.final.primaryVersion
      ? [
          `${name}: ${finalVersion} was expected on the primary at the end, got ${result.final.primaryVersion}`,
        ]
      : []),
    ...unreadBy(primaryReads ?? {}, result).map((unlike) => `${name}: ${unlike}`),
    ...(weights === undefined ? [] : unmetWeights(rollout, weights)).map((unlike) => `${name}: ${unlike}`),
    ...(events === undefined ? [] : unmetEvents(rollout, events)).map((unlike) => `${name}: ${unlike}`),
  ];
};

/** What differs from what the scenario expects: of the last rollout, or of each in order. Nothing differs: an empty list. */
export const unmet = (
  { expect, name: _ }: Pick<Scenario, 'expect' | 'name'>,
  result: RehearsalResult,
): string[] => {
  if (expect === undefined) return [];
  if (!Array.isArray(expect)) return mismatches(expect, result, Math.max(0, result.rollouts.length - 1));
  const count =
    expect.length === result.rollouts.length
      ? []
      : [`${expect.length} rollouts were expected, got ${result.rollouts.length}`];
  return [...count, ...expect.flatMap((expected, index) => mismatches(expected, result, index))];
};

/** Whether a rehearsal ended as asked: as expected, or without an expectation, with the last rollout promoted. */
export const asAsked = (scenario: Pick<Scenario, 'expect' | 'name'>, result: RehearsalResult): boolean =>
  scenario.expect === undefined
    ? result.rollouts.at(-1)?.outcome === 'promoted'
    : unmet(scenario, result).length === 0;
