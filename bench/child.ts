import { spawnSync } from 'node:child_process';

/**
 * Runs a program of this repository in a fresh Node process, without V8's compile cache, and resolves to the number that it
 * wrote last. @throws Error with what it wrote when it fails
 */
export const numberFrom = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): number => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1', ...environment },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1));
};
