import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cachedAssembly } from '../../infra/cached-assembly.ts';
import { spec } from '../fakes/rollouts.ts';
import { temporaryFolder } from './synthesised.ts';

const target = { name: 'prod-eu', region: 'eu-west-1', account: '111122223333', cluster: 'prod' };

test('a synthesis writes nothing into the home folder, whatever that is, and gives it back', async () => {
  const [home, cache] = [temporaryFolder(), temporaryFolder()];
  const { HOME } = process.env;
  process.env.HOME = home;
  try {
    const folder = await cachedAssembly([{ spec: spec(), target }], cache);
    expect(existsSync(join(folder, 'manifest.json'))).toBe(true);
    expect(process.env.HOME).toBe(home);
    expect(readdirSync(home)).toEqual([]);
  } finally {
    process.env.HOME = HOME;
  }
});
