import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unmet } from '../../sandbox/rehearsal/expectation.ts';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';
import { brokenInvariants } from './invariants.ts';
import { Watcher } from './watcher.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');

/** Scenario files by folder; what begins with an underscore holds the specs that they share. */
const folders = Map.groupBy(
  readdirSync(SCENARIOS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.startsWith('_'))
    .sort(),
  (file) => (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : 'on their own'),
);

for (const [folder, files] of folders) {
  describe.concurrent(folder, () => {
    for (const file of files) {
      const loaded = loadScenario(join(SCENARIOS, file));
      test(`${loaded.scenario.name} (${file})`, async () => {
        const watcher = new Watcher(loaded);
        const { result, sandbox } = await rehearse(loaded, watcher.watch);
        try {
          const broken = await brokenInvariants({ sandbox, loaded, result });
          expect([...unmet(loaded.scenario, result), ...watcher.broken, ...broken]).toEqual([]);
        } finally {
          await sandbox.close();
        }
      });
    }
  });
}
