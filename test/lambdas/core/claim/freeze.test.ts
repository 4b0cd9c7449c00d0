import { expect, test } from 'vitest';
import { applyFreeze, type FreezeCommand } from '../../../../lambdas/core/claim/freeze.ts';
import { newRecord } from '../../../../lambdas/core/record.ts';

const at = '2026-01-01T10:00:00.000Z';
const service = 'podinfo@prod-eu';
const freezing: FreezeCommand = { service, command: 'freeze', by: 'ana', at, reason: 'audit' };

test('a freeze is kept with who, why and until when, also where no rollout is under way', () => {
  const { record, answer } = applyFreeze(newRecord(service), { ...freezing, until: '2026-01-01T12:00:00Z' });
  expect(record.freeze).toEqual({ by: 'ana', at, reason: 'audit', until: '2026-01-01T12:00:00.000Z' });
  expect(answer).toContain('podinfo@prod-eu is frozen until 2026-01-01T12:00:00.000Z');
});

test('the newest freeze counts, and one command ends it', () => {
  const { record: first } = applyFreeze(newRecord(service), freezing);
  const { record: second } = applyFreeze(first, { ...freezing, by: 'bo' });
  const { record, answer } = applyFreeze(second, { service, command: 'unfreeze', by: 'cy', at });
  expect(record).toEqual(newRecord(service));
  expect(answer).toBe('podinfo@prod-eu is free to roll again; it was frozen by bo');
});

test.each(['2026-01-01T10:00:00Z', '2025-12-31', 'tomorrow'])('a freeze until %s is refused', (until) => {
  expect(() => applyFreeze(newRecord(service), { ...freezing, until })).toThrow(
    /^until: must be a time to come/,
  );
});

test('what nobody froze, or what has ended by itself, cannot be set free', () => {
  const unfreeze = { service: '*', command: 'unfreeze' as const, by: 'cy', at };
  expect(() => applyFreeze(newRecord('*'), unfreeze)).toThrow('all services are not frozen by anybody');
  const over = { ...newRecord('*'), freeze: { by: 'ana', at, reason: '', until: at } };
  expect(() => applyFreeze(over, unfreeze)).toThrow('all services are not frozen by anybody');
});
