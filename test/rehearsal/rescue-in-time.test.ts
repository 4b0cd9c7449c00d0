import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';

test('a table that hangs does not keep rescue from the route: traffic is back within 15 s of the stop (I1)', async () => {
  const file = join(import.meta.dirname, '../scenarios/faults/table-hangs-on-stop.yaml');
  const { result, sandbox } = await rehearse(loadScenario(file));
  await sandbox.close();
  const [at, share] = result.rollouts[0]?.weights.at(-1) ?? [];
  expect(share).toBe(0);
  expect(at).toBeLessThan(115);
});
