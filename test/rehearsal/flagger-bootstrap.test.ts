import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LoadedScenario, loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import type { RehearsalResult } from '../../sandbox/rehearsal/result.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';
import { defaultBehaviour } from '../../sandbox/rehearsal/scenario.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const TUTORIAL = join(import.meta.dirname, '../scenarios/flagger/tutorial-promotion.yaml');
const CLUSTER = { account: '111122223333', region: 'eu-west-1' };

/** What a scenario's service is like at 0 s, when nothing has happened yet. */
const atStart = async (change: Partial<LoadedScenario['scenario']> = {}) => {
  const loaded = loadScenario(TUTORIAL);
  const replicas = (sandbox: Sandbox, name: string) =>
    (sandbox.kubernetes.get('deployment', 'test', name)?.spec as { replicas?: number } | undefined)?.replicas;
  let seen = {};
  const { result, sandbox } = await rehearse(
    { ...loaded, scenario: { ...loaded.scenario, until: 0, ...change } },
    (running) => {
      seen = {
        target: replicas(running, 'podinfo'),
        primary: replicas(running, 'podinfo-primary'),
        route: running.stores.meshes.route(CLUSTER, 'global', 'podinfo', 'podinfo')?.spec,
      };
    },
  );
  await sandbox.close();
  return { events: result.events, seen };
};

const lines = (events: RehearsalResult['events']) =>
  events.map(({ at, phase, text }) => `${at} ${phase}: ${text}`);

test('a Canary is set up before 0 s, told of in Flagger’s words and order, with its route’s retries and timeout', async () => {
  const { events, seen } = await atStart();
  expect(lines(events)).toEqual([
    '-600 Initializing: all the metrics providers are available!',
    expect.stringMatching(
      /^-600 Initializing: podinfo-primary\.test not ready: waiting for rollout to finish: /,
    ),
    '-540 Initializing: all the metrics providers are available!',
    '-540 Initialized: Initialization done! podinfo.test',
  ]);
  expect(seen).toMatchObject({
    target: 0,
    primary: 4,
    route: {
      httpRoute: {
        match: { prefix: '/' },
        timeout: { perRequest: { value: 15_000, unit: 'ms' } },
        retryPolicy: { maxRetries: 3, httpRetryEvents: ['gateway-error', 'client-error', 'stream-error'] },
      },
    },
  });
});

test('a target whose pods never become ready is never scaled to zero', async () => {
  const never = { ...defaultBehaviour(), pods: 'never-ready' as const };
  const { events, seen } = await atStart({ versions: { '6.0.0': never } });
  expect(lines(events).at(-1)).toContain('-60 Initializing: podinfo-primary.test not ready');
  expect(seen).toMatchObject({ target: 4, primary: 4 });
});
