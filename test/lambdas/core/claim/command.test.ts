import { describe, expect, test } from 'vitest';
import { applyCommand, type RolloutCommand } from '../../../../lambdas/core/claim/command.ts';
import type { Command, ServiceRecord } from '../../../../lambdas/core/record.ts';
import { input } from '../../../fakes/rollouts.ts';

const EXECUTION = 'arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:one';
const AT = '2026-01-01T00:00:00.000Z';

const record = (command?: Command['command'], execution = EXECUTION): ServiceRecord => ({
  service: 'podinfo@prod-eu',
  generation: 1,
  claim: {
    execution: EXECUTION,
    since: AT,
    started: true,
    input: input(),
    phase: 'Progressing',
    safe: 'primary',
    intent: 5,
  },
  ...(command && { command: { command, execution, by: 'ann', at: AT } }),
});
const tell = (before: ServiceRecord, command: RolloutCommand['command']) =>
  applyCommand(before, { service: 'podinfo@prod-eu', command, by: 'bob', at: AT });

describe('a command', () => {
  test.each(['resume', 'pause', 'promote', 'abort'] as const)(
    'of %s leaves an abort as it stands',
    (next) => {
      const { record: after, answer } = tell(record('abort'), next);
      expect(after.command).toMatchObject({ command: 'abort', by: 'ann' });
      expect(answer).toContain('abort of ann stands');
    },
  );

  test('to resume ends a pause', () => {
    expect(tell(record('pause'), 'resume').record.command).toBeUndefined();
  });

  test('to resume does not take back a promote', () => {
    expect(tell(record('promote'), 'resume').record.command).toMatchObject({ command: 'promote' });
  });

  test('to abort replaces a promote', () => {
    expect(tell(record('promote'), 'abort').record.command).toMatchObject({ command: 'abort', by: 'bob' });
  });

  test.each([
    ['Promoting', 'the primary is changing to 6.0.1'],
    ['Finalising', 'the primary runs 6.0.1 already'],
    ['Failed', '6.0.1 is being rolled back already'],
  ] as const)('that comes at %s is refused, with what one can do', (phase, message) => {
    for (const command of ['abort', 'pause', 'resume', 'promote', 'approve', 'reject'] as const) {
      const { claim, ...rest } = record();
      const late = { ...rest, ...(claim && { claim: { ...claim, phase } }) };
      expect(() => tell(late, command)).toThrow(message);
    }
  });

  test('is refused while rescue sees to the traffic', () => {
    const failure = { error: 'Execution.ABORTED', reason: 'stopped' };
    const locked = { ...record(), needs: { what: 'verify' as const, since: AT, failure } };
    expect(() => tell(locked, 'abort')).toThrow('the rollout has ended');
  });

  test('is heard though an earlier execution was told to abort', () => {
    const { record: after } = tell(record('abort', `${EXECUTION}-before`), 'pause');
    expect(after.command).toMatchObject({ command: 'pause', execution: EXECUTION });
  });
});
