import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';

/** Waits until it holds; the test's own time limit ends it otherwise. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await setTimeout(20);
};

/** A sandbox is up when it has its folder. Throws when the command ends before. */
const sandboxIn = (temporary: string, child: ChildProcess): Promise<void> =>
  until(() => {
    if (child.exitCode !== null) throw new Error(`the command ended with ${child.exitCode}`);
    return readdirSync(temporary).some((name) => /^stepcanary-\d+-\w{6}$/.test(name));
  });

/** The processes of a group, as /proc tells: those that end without being waited for are gone too. */
const membersOf = (group: number): number[] =>
  readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [state = '', , pgrp = ''] = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return state !== 'Z' && Number(pgrp) === group ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });

const start = (temporary: string) => {
  const files = ['test/scenarios/healthy.yaml', 'test/scenarios/failing.yaml', 'test/scenarios/healthy.yaml'];
  const child = spawn(process.execPath, ['cli/main.ts', 'rehearse', ...files, '--json'], {
    detached: true,
    env: { PATH: process.env.PATH, HOME: '/dev/null', TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  return { child, group: child.pid ?? 0, out: () => out };
};

// Only Linux tells of all processes in /proc.
const onLinux = test.runIf(process.platform === 'linux');

onLinux.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s in the middle leaves no process, no temporary folder and no half document',
  async (signal, code) => {
    const temporary = mkdtempSync(join(tmpdir(), 'rehearse-signals-'));
    const { child, group, out } = start(temporary);
    await sandboxIn(temporary, child);
    process.kill(signal === 'SIGINT' ? -group : group, signal);
    const [ended] = await once(child, 'exit');
    expect(ended).toBe(code);
    // They have been told to end before the command does; the system may take a moment to see them off.
    await until(() => membersOf(group).length === 0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(out()).toBe('');
    rmSync(temporary, { recursive: true });
  },
);

onLinux('when the command is killed, its worker processes end by themselves', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'rehearse-signals-'));
  const { child, group } = start(temporary);
  await sandboxIn(temporary, child);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await until(() => membersOf(group).length === 0);
  expect(readdirSync(temporary)).toEqual([]);
  rmSync(temporary, { recursive: true });
});
