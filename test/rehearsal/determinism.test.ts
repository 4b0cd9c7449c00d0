import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');

/** Every core is kept busy on purpose, and nothing may be built yet. */
const BUSY_MS = 180_000;

const bytesOf = async (file: string): Promise<string> => {
  const { result, sandbox } = await rehearse(loadScenario(join(SCENARIOS, file)));
  await sandbox.close();
  return JSON.stringify({ ...result, wallSeconds: 0 });
};

/** Keeps every core busy until it is ended. */
const withLoad = async <Result>(action: () => Promise<Result>): Promise<Result> => {
  const workers = [1, 2, 3].map(() => new Worker('for (;;) Math.sqrt(2);', { eval: true }));
  try {
    return await action();
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
};

for (const file of ['rollback/errors.yaml', 'faults/on-rollback/app-mesh.yaml']) {
  test(`the same file and seed give the same bytes, on an idle machine and on a busy one: ${file}`, {
    timeout: BUSY_MS,
  }, async () => {
    const [alone, beside] = [
      await bytesOf(file),
      await withLoad(() => Promise.all([bytesOf(file), bytesOf(file)])),
    ];
    expect(beside[0]).toBe(alone);
    expect(beside[1]).toBe(alone);
  });
}

test('another seed gives other requests', async () => {
  const loaded = loadScenario(join(SCENARIOS, 'rollback/errors.yaml'));
  const other = { ...loaded, scenario: { ...loaded.scenario, seed: 2 } };
  const { result, sandbox } = await rehearse(other);
  await sandbox.close();
  const one = JSON.parse(await bytesOf('rollback/errors.yaml')) as {
    failedRequests: number;
    requests: number;
  };
  expect([result.requests, result.failedRequests]).not.toEqual([one.requests, one.failedRequests]);
});
