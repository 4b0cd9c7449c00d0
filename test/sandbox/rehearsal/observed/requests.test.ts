import { expect, test } from 'vitest';
import { Requests } from '../../../../sandbox/rehearsal/observed/requests.ts';

const push = (tag: string) => JSON.stringify({ service: 'a@b', event: { detail: { 'image-tag': tag } } });
const info = (message: string) => ({ level: 'INFO', message });
let invocations = 0;
const requests = (
  ...steps: readonly [at: number, tag: string, ...lines: { level: string; message: string }[]][]
) => {
  const all = new Requests();
  for (const [at, tag, ...lines] of steps) {
    const requestId = String(++invocations);
    all.asked(at, requestId, push(tag));
    for (const line of lines) all.wrote({ ...line, requestId });
  }
  return all;
};

test('a skipped request has the reason that was given for it, and not that of another in the same second', () => {
  const all = requests([5, '1.0', info('skipped: one')], [5, '2.0', info('skipped: two')]);
  expect(all.reasonFor('1.0', 5, 9)).toBe('one');
  expect(all.reasonFor('2.0', 5, 9)).toBe('two');
});

test('a request that fails has the error as its reason', () => {
  const all = new Requests();
  all.asked(0, 'id', JSON.stringify({ service: 'a@b', tag: '9.9.9' }));
  all.wrote({ level: 'WARN', requestId: 'id', message: 'tag: a has no image 9.9.9' });
  expect(all.reasonFor('9.9.9', 0, 9)).toBe('tag: a has no image 9.9.9');
});

test('a request that fails first and then starts has no reason for not starting', () => {
  const all = requests([0, '1.0', { level: 'ERROR', message: 'the table is away' }, info('started x')]);
  expect(all.reasonFor('1.0', 0, 9)).toBeUndefined();
});

test('a request that is refused says why', () => {
  expect(requests([5, '1.0', info('refused: tag: a has no image 1.0')]).reasonFor('1.0', 5, 9)).toBe(
    'tag: a has no image 1.0',
  );
});

test('a request that waited says which newer one took its place', () => {
  const waits = (tag: string) => info(`queued: x holds a@b; ${tag} waits for it`);
  const all = requests([5, '1.0', waits('1.0')], [6, '2.0', waits('2.0')]);
  expect(all.reasonFor('1.0', 5, 9)).toBe('x holds a@b; 1.0 waits for it; 2.0 took its place');
  expect(all.reasonFor('2.0', 5, 9)).toBe('x holds a@b; 2.0 waits for it');
});

test('of a version that is asked for twice, each time has its own reason', () => {
  const all = requests([5, '1.0', info('skipped: first')], [8, '1.0', info('skipped: second')]);
  expect(all.reasonFor('1.0', 5, 8)).toBe('first');
  expect(all.reasonFor('1.0', 8, 20)).toBe('second');
});

test('a changed template names no version: what was answered to it is the reason', () => {
  const all = new Requests();
  for (const [at, answer] of [
    [0, 'the pod template of a is what the primary runs'],
    [60, 'a has no image 1.0'],
    [120, 'the pod template of a is what a rollout deployed'],
  ] as const) {
    all.asked(at, String(at), JSON.stringify({ service: 'a@b', template: true }));
    all.wrote({ level: 'INFO', requestId: String(at), message: `skipped: ${answer}` });
  }
  expect(all.reasonFor('1.0', 0, 200, true)).toBe('a has no image 1.0');
  expect(all.reasonFor('1.0', 61, 200, true)).toBe('the pod template of a is what a rollout deployed');
  expect(all.reasonFor('1.0', 0, 200)).toBeUndefined();
});

test('a push that no rule takes never reaches the function', () => {
  expect(requests().reasonFor('1.0', 0, 9)).toBeUndefined();
});
