import { existsSync, mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { builtOnce } from '../../infra/cache.ts';
import { FUNCTIONS, type Grant } from '../../infra/functions.ts';
import { temporaryFolder } from './synthesised.ts';

const SIZE = 600_000;
/** The SDK client that a grant is for, and that nobody without the grant may carry. */
const CLIENT_OF: Readonly<Record<string, readonly Grant[]>> = {
  'client-dynamodb': ['table'],
  'client-sns': ['topic'],
  'client-sfn': ['startExecution', 'readExecutions'],
  'client-ssm': ['specs'],
  'client-lambda': ['readWorkload', 'retireCanary'],
  'client-sts': ['serviceRole'],
};

/** A hook may be a Lambda function, which is called with the service's role. */
const CALLS_HOOKS = new Set(['judge-canary', 'run-hooks']);

const bundles = bundleFunctions();
const metafile = bundles.metafile();
const fileOf = (name: string): string => join(bundles.folderOf(name), 'index.cjs');
const inputsOf = (name: string): string[] => {
  const [, output] =
    Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}/index.cjs`)) ?? [];
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return used.map(([path]) => path);
};
const clientsIn = (name: string): string[] => [
  ...new Set(inputsOf(name).flatMap((path) => /@aws-sdk\/(client-[a-z-]+)\//.exec(path)?.[1] ?? [])),
];

describe.each(FUNCTIONS)('the bundle of $name', ({ name, grants }) => {
  test('is under 600 KB', () => {
    expect(statSync(fileOf(name)).size).toBeLessThan(SIZE);
  });

  test('exports a handler and does nothing at import', async () => {
    const bundle = await import(pathToFileURL(fileOf(name)).href);
    expect(bundle.handler).toBeTypeOf('function');
  });

  test('carries the clients that its grants are for, and no others', () => {
    const clients = clientsIn(name).filter((client) => client in CLIENT_OF);
    const granted = Object.entries(CLIENT_OF).filter(
      ([client, needed]) =>
        needed.some((grant) => grants.includes(grant)) ||
        (client === 'client-lambda' && CALLS_HOOKS.has(name)),
    );
    expect(clients.sort()).toEqual(granted.map(([client]) => client).sort());
  });
});

test('functions that talk to Kubernetes talk to STS and to nothing else of AWS', () => {
  for (const { name } of FUNCTIONS.filter(({ kubernetes }) => kubernetes))
    expect([name, ...clientsIn(name)]).toEqual([name, 'client-sts']);
});

test('only functions where a spec enters carry its schemas', () => {
  const carriers = FUNCTIONS.filter(({ name }) => inputsOf(name).some((path) => path.includes('/zod/')));
  expect(carriers.map(({ name }) => name).sort()).toEqual([
    'claim-rollout',
    'command-rollout',
    'start-rollout',
  ]);
});

describe('the cache of bundles', () => {
  let cache: string;
  let built: { folderOf(name: string): string };
  const state = () => statSync(join(built.folderOf('restore'), 'index.cjs'));

  beforeAll(() => {
    cache = temporaryFolder();
    built = bundleFunctions(cache);
  });

  test('holds a folder a function with nothing but its module', () => {
    for (const { name } of FUNCTIONS) expect(readdirSync(built.folderOf(name))).toEqual(['index.cjs']);
  });

  test('is used as it is while nothing changes', () => {
    const before = state();
    bundleFunctions(cache);
    expect([state().ino, state().mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  test('forgets what was not used for long when something new is built', () => {
    const old = join(cache, 'old');
    mkdirSync(old);
    utimesSync(old, 0, 0);
    builtOnce(join(cache, 'new'), () => undefined);
    expect(existsSync(old)).toBe(false);
    expect(existsSync(built.folderOf('restore'))).toBe(true);
  });

  test('what a killed process was building is removed; what another builds stays', () => {
    const cache = temporaryFolder();
    const before = Date.now() / 1000 - 1000;
    const [killed, other] = [`building-${2 ** 22 + 1}-a`, `building-${process.pid}-b`].map((name) => {
      mkdirSync(join(cache, name));
      utimesSync(join(cache, name), before, before);
      return join(cache, name);
    });
    builtOnce(join(cache, 'new'), () => undefined);
    expect([killed, other].map((folder) => existsSync(folder ?? ''))).toEqual([false, true]);
  });

  test('of very many folders those that this hour used are kept', () => {
    const cache = temporaryFolder();
    const folders = Array.from({ length: 103 }, (_, index) => join(cache, `assembly-${index}`));
    const ago = (seconds: number) => Date.now() / 1000 - seconds;
    for (const [index, folder] of folders.entries()) {
      mkdirSync(folder);
      utimesSync(folder, ago(7000 - index), ago(7000 - index));
    }
    const recent = folders[0] ?? '';
    utimesSync(recent, ago(60), ago(60));
    builtOnce(join(cache, 'new'), () => undefined);
    expect(existsSync(recent)).toBe(true);
    expect(folders.filter((folder) => existsSync(folder))).toHaveLength(100);
  });
});
