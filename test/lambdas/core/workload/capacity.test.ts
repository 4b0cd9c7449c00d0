import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitsFor, podsFor, replicasFor } from '../../../../lambdas/core/workload/capacity.ts';

test.each([
  [1, 5, 1],
  [4, 50, 2],
  [3, 50, 2],
  [10, 5, 1],
  [20, 7, 2],
  [4, 100, 4],
])('%i pods that carry all need, for %i %%, %i', (floor, weight, pods) => {
  expect(replicasFor(floor, weight)).toBe(pods);
});

test('the canary never has less than its share of what carries all traffic, and never a pod too many', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 0, max: 100 }), (floor, weight) => {
      const pods = replicasFor(floor, weight);
      expect(pods * 100).toBeGreaterThanOrEqual(floor * weight);
      expect((pods - 1) * 100 < floor * weight || pods === 1).toBe(true);
      expect(replicasFor(floor, 100)).toBe(floor);
    }),
  );
});

test('an autoscaler keeps at least what is needed, and its limits never fall', () => {
  const limit = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(limit, limit, limit, (a, b, needed) => {
      const own = { min: Math.min(a, b), max: Math.max(a, b) };
      const { min, max } = limitsFor(own, needed);
      expect(min).toBeGreaterThanOrEqual(Math.max(needed, own.min));
      expect(max).toBeGreaterThanOrEqual(Math.max(min, own.max));
    }),
  );
});

const strategy = { canary: { stepWeight: 5, maxWeight: 50 } };

test('with capacity: full the canary has from the first step the pods for all traffic', () => {
  expect(podsFor({ capacity: 'full', strategy }, 4, 5)).toBe(4);
  expect(podsFor({ capacity: 'match', strategy }, 4, 5)).toBe(1);
});

test('with blue/green it has them before it has any traffic, whatever the capacity says', () => {
  const blueGreen = { iterations: 3, countUnrouted: false };
  expect(podsFor({ capacity: 'match', strategy: { blueGreen } }, 4, 0)).toBe(4);
});
