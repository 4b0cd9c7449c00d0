/** Prints the milliseconds of a rehearsal for which nothing is built yet: bundles, templates, then the rollout itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../infra/bundle.ts';
import { synthesise } from '../infra/synthesise.ts';
import { loadScenario } from '../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../sandbox/rehearsal/run.ts';

const [scenario = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'stepcanary-bench-'));
try {
  const bundles = bundleFunctions(folder);
  synthesise({ bundles, outDirectory: join(folder, 'assembly'), quiet: true, disposable: true });
  const { sandbox } = await rehearse(loadScenario(scenario));
  console.log(performance.now());
  await sandbox.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
