import { expect, test } from 'vitest';
import { historyTable } from '../../../cli/history/table.ts';
import { input } from '../../fakes/rollouts.ts';

test('a rollout is one line, however long its reason', () => {
  const table = historyTable([
    {
      service: 'podinfo@prod-eu',
      execution: 'arn',
      release: input('6.0.2').release,
      outcome: 'rolledBack',
      reason: 'request-success-rate: 73.4 %\nand more',
      startedAt: '2026-01-01T08:00:00.123Z',
      endedAt: '2026-01-01T08:09:30.123Z',
      canary: { requests: 1410, failures: 375 },
      primary: { requests: 5000, failures: 0 },
    },
  ]);
  expect(table).toBe(
    [
      'STARTED                VERSION   OUTCOME      TOOK    CANARY REQUESTS   FAILED   REASON',
      '2026-01-01T08:00:00Z   6.0.2     rolledBack   9m30s   1,410             375      request-success-rate: 73.4 %',
      '',
    ].join('\n'),
  );
});
