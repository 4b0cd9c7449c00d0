import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that has not ended this long after it was asked to is killed. */
const GRACE_MS = 2_000;

/**
 * Starts a script of ours as a child that ends when its channel to this process closes, however that comes about.
 * Resolves with its first message; rejects when it ends before.
 *
 * @param name what it is called in that error
 */
export const startOwned = async <T>(
  script: string,
  { name, settings }: { name: string; settings: unknown },
): Promise<{ child: ChildProcess; first: T }> => {
  const child = fork(script, [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [first] = await Promise.race([once(child, 'message'), endedEarly(child, name)]);
  return { child, first: first as T };
};

const endedEarly = async (child: ChildProcess, name: string): Promise<never> => {
  const [code] = await once(child, 'exit');
  throw new Error(`${name} ended with code ${code} before it was ready`);
};

/** Closes the channel and waits until the process is gone. */
export const endOwned = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const killer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(killer);
};
