import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unmet } from '../../sandbox/rehearsal/expectation.ts';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';
import { brokenInvariants } from './invariants.ts';
import { Watcher } from './watcher.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');

/** A test for each of these scenario files: it ends as it expects, and no invariant of the design is broken meanwhile. */
export const everyScenario = (wanted: (file: string) => boolean): void => {
  // What begins with an underscore holds the specs that they share.
  const files = readdirSync(SCENARIOS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml') && !file.startsWith('_') && wanted(file))
    .sort();
  const folders = Map.groupBy(files, (file) =>
    file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : 'on their own',
  );
  for (const [folder, inFolder] of folders) {
    describe.concurrent(folder, () => {
      for (const file of inFolder) {
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
};

/** Faults of every call take longer than a test run should: `npm run chaos` sweeps them, and one of each kind stays here. */
const KINDS = [
  'crash-on-rollback',
  'router-refuses-after-stop',
  'table-away',
  'late/weight-after-a-stop',
  'on-rollback/app-mesh',
  'on-promotion/cluster',
];

/** Whether a scenario belongs to the sweep only. */
export const onlyInSweep = (file: string): boolean =>
  file.startsWith('faults/') && !KINDS.some((kind) => file === `faults/${kind}.yaml`);
