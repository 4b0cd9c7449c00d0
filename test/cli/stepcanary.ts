import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a command ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const environment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  // A home in which nothing can be made, not even by root.
  HOME: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...more,
});

/** Runs `stepcanary ARG…` as a process, without anybody's own AWS configuration. */
export const stepcanary = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['cli/main.ts', ...args], { env: environment(env) }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

/** A running `stepcanary sandbox`, once it has said how to reach it. */
export interface SandboxProcess {
  readonly child: ChildProcess;
  /** What it printed. */
  readonly said: string;
  /** What its `export` lines set. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it by SIGTERM; resolves to its exit code. */
  end(): Promise<number | null>;
}

const exportsOf = (said: string): Record<string, string> =>
  Object.fromEntries(
    [...said.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  );

/** Starts `stepcanary sandbox ARG…`. Rejects with what it said when it ends instead. */
export const startSandboxProcess = async (args: readonly string[]): Promise<SandboxProcess> => {
  const child = spawn(process.execPath, ['cli/main.ts', 'sandbox', ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
        if (said.includes('Ctrl-C ends it')) resolve();
      });
    child.once('exit', () => reject(new Error(said)));
  });
  const end = async () => {
    child.kill('SIGTERM');
    const [code] = await ended;
    return code;
  };
  return { child, said, env: exportsOf(said), end };
};
