import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForEnd } from '../../../cli/sandbox/until-ended.ts';

const listening = () => {
  const signals = new EventEmitter();
  const time = { now: 0 };
  const forced: number[] = [];
  const ending = listenForEnd({
    signals: signals as unknown as NodeJS.Process,
    force: (code) => forced.push(code),
    now: () => time.now,
  });
  return { signals, time, forced, ending };
};

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s asks for an orderly end', (name) => {
  const { signals, ending, forced } = listening();
  expect(ending.signal.aborted).toBe(false);
  signals.emit(name);
  expect(ending.signal.aborted).toBe(true);
  expect(forced).toEqual([]);
});

test('one Ctrl-C that comes twice, from the terminal and from npm, is one', () => {
  const { signals, time, forced } = listening();
  signals.emit('SIGINT');
  time.now = 400;
  signals.emit('SIGINT');
  expect(forced).toEqual([]);
});

test('a second Ctrl-C ends at once, as a shell reports it', () => {
  const { signals, time, forced } = listening();
  signals.emit('SIGINT');
  time.now = 900;
  signals.emit('SIGINT');
  expect(forced).toEqual([130]);
});

test('afterwards signals have their usual effect', () => {
  const { signals, ending } = listening();
  ending.release();
  expect(signals.eventNames()).toEqual([]);
});
