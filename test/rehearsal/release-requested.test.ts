import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';

test('an event that anybody may put on the bus starts a rollout, as the documentation shows it', async () => {
  const loaded = loadScenario(join(import.meta.dirname, '../scenarios/events/push-of-what-runs.yaml'));
  const Detail = JSON.stringify({ service: 'podinfo@rehearsal', tag: '6.0.0', retry: true });
  const entry = { Source: 'stepcanary', DetailType: 'Release Requested', Detail };
  const { result, sandbox } = await rehearse(loaded, (started) =>
    started.call('events', 'PutEvents', { Entries: [entry] }),
  );
  await sandbox.close();
  expect(
    result.rollouts.map(({ version, execution }) => [version, execution?.startsWith('podinfo-6.0.0-')]),
  ).toEqual([['6.0.0', true]]);
});
