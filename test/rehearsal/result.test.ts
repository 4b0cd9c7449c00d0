import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');
const seconds = expect.toSatisfy((value) => Number.isInteger(value) && value >= 0, 'whole seconds');
const count = expect.toSatisfy((value) => Number.isInteger(value) && value >= 0, 'a count');
const text = expect.any(String);

/** Other people's programs read it: a key is added here on purpose, and never goes. */
const ROLLOUT_KEYS = [
  'service',
  'version',
  'execution',
  'outcome',
  'error',
  'reason',
  'startedAt',
  'endedAt',
  'weights',
  'events',
  'canaryRequests',
  'canaryFailures',
  'stateTransitions',
  'historyEvents',
  'lambdaInvocations',
  'apiCalls',
];

test('a result has the shape that the scenario format promises, in the order of its page', async () => {
  const loaded = loadScenario(join(SCENARIOS, 'people/stop-after-return.yaml'));
  const gone = {
    at: 2400,
    fault: { call: 'ecr.DescribeImages', error: 'ImageNotFoundException', times: 9, when: 'before' as const },
  };
  const start = { at: 2400, start: '9.9.9' };
  const scenario = { ...loaded.scenario, timeline: [gone, start, ...loaded.scenario.timeline] };
  const { result, sandbox } = await rehearse({ ...loaded, scenario });
  await sandbox.close();
  const [first, skipped] = result.rollouts;
  expect(Object.keys(result)).toEqual([
    'name',
    'seed',
    'requests',
    'failedRequests',
    'virtualSeconds',
    'wallSeconds',
    'events',
    'rollouts',
    'alerts',
    'final',
  ]);
  expect(result).toMatchObject({
    seed: 1,
    requests: count,
    failedRequests: count,
    virtualSeconds: seconds,
    wallSeconds: expect.any(Number),
    events: expect.arrayContaining([
      { at: seconds, phase: 'Succeeded', text: expect.stringContaining('free') },
    ]),
    final: {
      primaryVersion: '6.0.1',
      canaryReplicas: 0,
      weights: { primary: 100, canary: 0 },
      locked: false,
    },
  });
  for (const alert of result.alerts)
    expect(alert).toEqual({
      at: seconds,
      severity: expect.stringMatching(/^(info|warn|error)$/),
      title: text,
      text,
    });
  for (const rollout of result.rollouts) expect(Object.keys(rollout)).toEqual(ROLLOUT_KEYS);
  expect(first).toMatchObject({
    service: 'podinfo',
    version: '6.0.1',
    execution: expect.stringMatching(/^podinfo-6\.0\.1-[0-9a-f]{8}-rehearsal-1$/),
    outcome: 'promoted',
    error: null,
    reason: 'stopped in the console',
    startedAt: seconds,
    endedAt: seconds,
    canaryRequests: count,
    canaryFailures: count,
    stateTransitions: count,
    historyEvents: count,
    lambdaInvocations: count,
  });
  expect(first?.weights[0]).toEqual([0, 0]);
  expect(first?.weights.at(-1)).toEqual([seconds, 0]);
  expect(first?.events[0]).toEqual({
    at: 0,
    phase: 'Progressing',
    text: expect.stringContaining('New revision'),
  });
  expect(first?.apiCalls['appmesh.UpdateRoute']).toBeGreaterThan(0);
  expect(skipped).toMatchObject({
    version: '9.9.9',
    execution: null,
    outcome: 'skipped',
    reason: expect.stringMatching(/^tag: podinfo has no image 9\.9\.9/),
    weights: [],
    apiCalls: {},
  });
});
