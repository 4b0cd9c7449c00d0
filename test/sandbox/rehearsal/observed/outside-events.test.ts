import { expect, test } from 'vitest';
import { OutsideEvents } from '../../../../sandbox/rehearsal/observed/outside-events.ts';

const told = (...lines: readonly [verb: string, level: string, message: string][]): string[] => {
  const events = new OutsideEvents('a@b');
  for (const [verb, level, message] of lines) events.wrote(verb, 0, { level, message, requestId: 'id' });
  return events.all.map(({ text }) => text);
};

test('what rescue and watchdog do is told with the service, and the same thing once until another happens', () => {
  expect(
    told(
      ['rescue', 'WARN', 'could not update the route'],
      ['watchdog', 'INFO', 'Canary.Transient: could not update the route'],
      ['watchdog', 'INFO', 'was rescued after ABORTED'],
      ['rescue', 'INFO', 'a@b: all traffic is on the primary'],
    ),
  ).toEqual([
    'a@b: could not update the route',
    'a@b: was rescued after ABORTED',
    'a@b: all traffic is on the primary',
  ]);
});

test('what is said while all is well is no event', () => {
  expect(
    told(
      ['watchdog', 'INFO', 'runs'],
      ['watchdog', 'INFO', 'free'],
      ['rescue', 'INFO', 'arn:x holds nothing: nothing to rescue'],
      ['start-rollout', 'INFO', 'started a-1'],
      ['start-rollout', 'INFO', 'skipped: the primary runs 1.0 already'],
      ['judge-canary', 'WARN', 'the metrics could not be read'],
    ),
  ).toEqual([]);
});

test('a command that was refused and a release that waits are told', () => {
  expect(
    told(
      ['command-rollout', 'WARN', 'a@b: no question is open'],
      ['start-rollout', 'INFO', 'queued: x holds a@b; 2 waits for it'],
    ),
  ).toEqual(['a@b: no question is open', 'x holds a@b; 2 waits for it']);
});
