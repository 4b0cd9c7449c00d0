import { expect, test } from 'vitest';
import { allowedFailures } from '../../../../sandbox/rehearsal/report/charts/errors.ts';
import { timeTicks, valueTicks } from '../../../../sandbox/rehearsal/report/charts/scale.ts';
import { blindSpans } from '../../../../sandbox/rehearsal/report/charts/weights.ts';
import { drawPath, pathTaken } from '../../../../sandbox/rehearsal/report/state-graph/draw.ts';
import { clockTime, percent } from '../../../../sandbox/rehearsal/report/words.ts';
import { definition } from './data.ts';

test.each([
  [61, [0, 20, 40, 60, 80]],
  [5, [0, 1, 2, 3, 4, 5]],
  [550, [0, 200, 400, 600]],
  [0.3, [0, 0.1, 0.2, 0.3]],
])('values up to %d have the ticks %j', (highest, ticks) => {
  expect(valueTicks(highest)).toEqual(ticks);
});

test('an axis of time has few round moments, however long it is', () => {
  expect(timeTicks({ from: 0, to: 240 })).toEqual([0, 60, 120, 180, 240]);
  expect(timeTicks({ from: 30, to: 2900 })).toEqual([600, 1200, 1800, 2400]);
  for (const to of [61, 999, 12_345, 400_000])
    expect(timeTicks({ from: 0, to }).length).toBeLessThanOrEqual(7);
});

test('after a rise nothing is known until a whole period after the settling can be read', () => {
  const lag = { settle: 60, period: 60, delay: 120 };
  expect(
    blindSpans(
      [
        [0, 0],
        [20, 5],
        [900, 0],
      ],
      lag,
    ),
  ).toEqual([[20, 300]]);
});

test('another share ends the wait, and a fall to nothing begins none', () => {
  const lag = { settle: 60, period: 60, delay: 120 };
  expect(
    blindSpans(
      [
        [0, 0],
        [20, 5],
        [100, 10],
        [400, 0],
      ],
      lag,
    ),
  ).toEqual([
    [20, 100],
    [100, 360],
  ]);
});

test('a limit of 99 % allows one failure in a hundred', () => {
  expect(allowedFailures(250, 99)).toBe(2.5);
});

test('a path counts states and ways, and draws nothing else', () => {
  const states = ['Claim rollout', 'Judge canary', 'Judge canary', 'Judge canary'];
  expect(pathTaken(states).edges.get('Judge canary\nJudge canary')).toBe(2);
  const drawn = drawPath(definition, states, 'a "path"');
  expect(drawn).toContain('>Judge canary<');
  expect(drawn).toContain('>2×<');
  expect(drawn).toContain('aria-label="a &quot;path&quot;"');
  expect(drawn).not.toContain('Roll back');
});

test('times and shares read well', () => {
  expect([0, 59, 3600, 3661].map(clockTime)).toEqual(['0:00', '0:59', '1:00:00', '1:01:01']);
  expect([percent(0, 10), percent(1, 3000), percent(1, 3), percent(0, 0)]).toEqual([
    '0 %',
    '0.03 %',
    '33.3 %',
    '–',
  ]);
});
