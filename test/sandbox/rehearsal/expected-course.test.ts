import { describe, expect, test } from 'vitest';
import { unmetEvents, unmetWeights } from '../../../sandbox/rehearsal/expected-course.ts';
import type { RehearsedRollout } from '../../../sandbox/rehearsal/result.ts';

const rollout = (texts: readonly string[], weights: RehearsedRollout['weights'] = []) =>
  ({
    events: texts.map((text, at) => ({ at: at * 60, phase: 'Progressing', text })),
    weights,
  }) as unknown as RehearsedRollout;

const FOUR = rollout(['New', 'Advance 10', 'Halt', 'Rolling back']);

describe('the events of a rollout', () => {
  test.each([
    [['New', 'Advance 10', 'Halt', 'Rolling back']],
    [['0s Progressing: New', '...', '180s Progressing: Rolling back']],
    [['...', 'Halt', '...']],
    [['New', '...', 'Advance', 'Halt', 'Rolling back', '...']],
    [['...']],
  ])('%j are those', (expected) => {
    expect(unmetEvents(FOUR, expected)).toEqual([]);
  });

  test.each([
    [['New', 'Halt', 'Rolling back'], 'Halt'],
    [['New', 'Advance 10', 'Halt'], 'no more events'],
    [['...', 'Halt', '...', 'Halt', '...'], 'Halt'],
    [['60s Progressing: New', '...'], '60s Progressing: New'],
    [['...', 'Succeeded'], 'Succeeded'],
  ])('%j are not, for %s', (expected, missing) => {
    expect(unmetEvents(FOUR, expected)[0]).toContain(
      `the event "${missing}" was expected, got: 0s Progressing: New |`,
    );
  });
});

test('weights are compared from the first change on', () => {
  const course = rollout(
    [],
    [
      [0, 0],
      [20, 10],
      [120, 20],
      [180, 0],
    ],
  );
  expect(unmetWeights(course, [10, 20, 0])).toEqual([]);
  expect(unmetWeights(course, [10, 20])).toEqual(['the weights 10, 20 were expected, got 10, 20, 0']);
});
