import type { ReportData, ReportedRollout } from '../../../../sandbox/rehearsal/report/data.ts';

const rollout: ReportedRollout['rollout'] = {
  service: 'podinfo',
  version: '6.0.1',
  execution: 'podinfo-6.0.1-aaaaaaaa-here-1',
  outcome: 'rolledBack',
  error: 'Canary.RolledBack',
  reason: 'request-success-rate: 60 % of 100 canary requests succeeded',
  startedAt: 0,
  endedAt: 180,
  weights: [
    [0, 0],
    [20, 5],
    [180, 0],
  ],
  events: [{ at: 0, phase: 'Progressing', text: 'New revision detected!' }],
  canaryRequests: 100,
  canaryFailures: 40,
  stateTransitions: 9,
  historyEvents: 30,
  lambdaInvocations: 5,
  apiCalls: { 'appmesh.UpdateRoute': 2 },
};

const visit = (state: string, startedMs: number) => ({
  state,
  type: 'Task',
  status: 'Succeeded' as const,
  resource: 'lambda',
  attempts: 1,
  startedMs,
  durationMs: 0,
  say: `${state} said so`,
  error: '',
});

/** A rehearsal with one rollback, as its process would tell of it. */
export const reported = (more: Partial<ReportData> = {}): ReportData => ({
  file: 'a.yaml',
  asAsked: true,
  unmet: [],
  result: {
    name: 'a bad release',
    seed: 1,
    requests: 2000,
    failedRequests: 40,
    virtualSeconds: 181,
    wallSeconds: 1,
    events: [],
    rollouts: [rollout],
    alerts: [{ at: 180, severity: 'error', title: ':x: rolled back', text: '*It* failed\nmore' }],
    final: {
      primaryVersion: '6.0.0',
      canaryReplicas: 0,
      weights: { primary: 100, canary: 0 },
      locked: false,
    },
  },
  service: 'podinfo@here',
  judge: 'threshold',
  limits: [
    { name: 'request-success-rate', min: 99 },
    { name: 'request-duration', maxMs: 500, percentile: 99 },
  ],
  lag: { settle: 0, period: 60, delay: 0 },
  traffic: [
    {
      start: 60,
      end: 120,
      primary: { requests: 900, failures: 1, p50: 50, p99: 200 },
      canary: { requests: 100, failures: 40, p50: 50, p99: 210 },
    },
  ],
  rollouts: [
    {
      rollout,
      startedAt: 0,
      visits: [visit('Claim rollout', 0), visit('Judge canary', 60_000), visit('Judge canary', 120_000)],
      verdicts: [
        {
          at: 120,
          tick: 1,
          weight: 5,
          decision: 'rollBack',
          say: 'rolling back',
          periods: 1,
          canary: { requests: 100, failures: 40 },
          numbers: [],
          slower: [{ limitMs: 500, slower: 1, timed: 100 }],
        },
      ],
    },
  ],
  ...more,
});

/** Two states, one of which leads back to itself. */
export const definition = {
  StartAt: 'Claim rollout',
  States: {
    'Claim rollout': { Type: 'Task', Next: 'Judge canary' },
    'Judge canary': {
      Type: 'Task',
      Next: 'Judge canary',
      Catch: [{ Next: 'Roll back', ErrorEquals: ['x'] }],
    },
    'Roll back': { Type: 'Fail' },
  },
};
