import { describe, expect, it } from 'vitest';
import { alertLines } from '../../../cli/demo/alert.ts';
import { closing } from '../../../cli/demo/closing.ts';
import { listenForKeys } from '../../../cli/demo/keys.ts';
import { liveScreen } from '../../../cli/demo/live-screen.ts';
import { panelLines } from '../../../cli/demo/panel.ts';
import { plainScreen } from '../../../cli/demo/plain-screen.ts';
import type { Panel } from '../../../cli/demo/screen.ts';

const panel: Panel = {
  version: '6.0.1',
  state: 'Let traffic settle',
  canary: 30,
  versions: { '6.0.1': { requests: 400, failures: 1 }, '6.0.0': { requests: 2076, failures: 0 } },
  seconds: 24,
  keys: 'b breaks 6.0.1 · s stops the execution · q quits',
};

describe('the panel', () => {
  it('fits a narrow terminal and a wide one', () => {
    for (const width of [20, 40, 59, 200])
      for (const line of panelLines(panel, { width, spinner: '*' }))
        expect(line.length).toBeLessThanOrEqual(width);
    expect(panelLines(panel, { width: 59, spinner: '*' })).toEqual([
      '* 0:24  6.0.1: Let traffic settle',
      'primary  70 % ██████████████████████░░░░░░░░░░ canary 30 %',
      '6.0.0     2,076 requests     0 failed (0 %)',
      '6.0.1       400 requests     1 failed (0.3 %)',
      'b breaks 6.0.1 · s stops the execution · q quits',
    ]);
  });
});

describe('a live screen', () => {
  it('erases what it drew before it draws again, and gives the cursor back once', () => {
    const written: string[] = [];
    const screen = liveScreen({ write: (text) => written.push(text), columns: 80 });
    screen.show(panel);
    screen.line('pushed');
    screen.show(undefined);
    screen.line('the end');
    screen.close();
    screen.close();
    expect(written[2]?.startsWith('\u001b[6A\r\u001b[0Jpushed\n')).toBe(true);
    expect(written.slice(-2)).toEqual(['the end\n', '\u001b[?25h']);
  });
});

describe('a plain screen', () => {
  it('writes lines with the seconds and nothing that moves or colours', () => {
    let now = 0;
    let written = '';
    const screen = plainScreen(
      (text) => {
        written += text;
      },
      () => now,
    );
    now = 1_234;
    screen.line('pushed', 'bad');
    screen.show(panel);
    screen.step({ at: 47, state: 'Judge canary', say: 'next 20 %.' });
    screen.quote(['rolled back']);
    screen.close();
    expect(written).toBe(
      `  1.2 s  pushed\n  1.2 s    0:47  ${'Judge canary'.padEnd(28)}  next 20 %.\n  1.2 s    | rolled back\n`,
    );
  });
});

describe('keys', () => {
  it('act by their letter, Ctrl-C as q, until the terminal is given back', () => {
    const raw: boolean[] = [];
    let hear: (chunk: string) => void = () => {};
    const input = {
      setRawMode: (on: boolean) => raw.push(on),
      resume: () => {},
      pause: () => {},
      on: (_: string, listener: (chunk: string) => void) => {
        hear = listener;
      },
      off: () => {
        hear = () => {};
      },
    };
    const pressed: string[] = [];
    const giveBack = listenForKeys(input as never, {
      b: () => pressed.push('b'),
      q: () => pressed.push('q'),
    });
    hear('xB');
    hear('\u0003');
    giveBack();
    hear('b');
    expect([pressed, raw]).toEqual([
      ['b', 'q'],
      [true, false],
    ]);
  });
});

describe('the end of a demo', () => {
  it("says users' failed requests by version, and what Flagger's rule would have done", () => {
    const totals = {
      requests: 3000,
      failures: 40,
      direct: 0,
      byRole: {},
      byVersion: { '6.0.2': { requests: 100, failures: 37 }, '6.0.0': { requests: 2900, failures: 3 } },
    };
    const released = {
      version: '6.0.2',
      end: 'rolledBack',
      reason: '',
      seconds: 64,
      users: { requests: 1, failures: 0 },
      flagger: { outcome: 'rolledBack', failedRequests: 28, seconds: 60 },
      safe: true,
    } as const;
    expect(closing([released], totals)).toEqual([
      'Of 3,000 requests of users 40 failed (1.3 %): 6.0.0: 3 of 2,900, 6.0.2: 37 of 100.',
      "Flagger's rule, on the same traffic: 6.0.2 would have been rolled back after 1:00, with 28 failed requests on the canary.",
    ]);
  });

  it("shows Slack's message as text: its markup is read, its commands stay whole", () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: '⚠️ rolled back' } },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*Reached*\n10 % &lt; 50 %' }] },
      { type: 'section', text: { type: 'mrkdwn', text: 'Stop it:\n```aws --x &amp;&amp; y```' } },
      { type: 'section', text: { type: 'mrkdwn', text: '<https://x|Open the execution>' } },
    ];
    expect(alertLines({ text: '', blocks, at: 0 })).toEqual([
      '⚠️ rolled back',
      'Reached: 10 % < 50 %',
      'Stop it: aws --x && y',
      'Open the execution',
    ]);
  });
});
