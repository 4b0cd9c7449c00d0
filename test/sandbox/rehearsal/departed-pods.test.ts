import { expect, it } from 'vitest';
import { DepartedPods } from '../../../sandbox/rehearsal/departed-pods.ts';

const pods = (version: string, ...names: string[]) => names.map((name) => ({ name, version }));

it('counts a pod that has gone until the proxies have heard of it', () => {
  const departed = new DepartedPods(() => 3_000);
  expect(departed.serve(pods('1', 'a', 'b'), 0)).toBeUndefined();
  expect(departed.serve([...pods('1', 'b'), ...pods('2', 'c')], 1_000)).toBe(4_000);
  expect(departed.counts()).toEqual([
    { version: '1', ready: 1, gone: 1 },
    { version: '2', ready: 1, gone: 0 },
  ]);
  expect(departed.serve(pods('2', 'c'), 2_000)).toBe(4_000);
  expect(departed.counts()).toContainEqual({ version: '1', ready: 0, gone: 2 });
  expect(departed.serve(pods('2', 'c'), 4_000)).toBe(5_000);
  expect(departed.serve(pods('2', 'c'), 5_000)).toBeUndefined();
  expect(departed.counts()).toEqual([{ version: '2', ready: 1, gone: 0 }]);
});

it('forgets a pod at once whose version says nothing', () => {
  const departed = new DepartedPods(() => 0);
  departed.serve(pods('1', 'a', 'b'), 0);
  expect(departed.serve(pods('1', 'b'), 1_000)).toBeUndefined();
  expect(departed.counts()).toEqual([{ version: '1', ready: 1, gone: 0 }]);
});
