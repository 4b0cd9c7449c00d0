import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, secondsOf } from './figure.ts';

const TARGET_SECONDS = 20;

/** `npm run synth`, bundles being built already. */
export const synthFigure = async (): Promise<Figure> => {
  const output = mkdtempSync(join(tmpdir(), 'stepcanary-bench-'));
  try {
    const args = ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--output', output];
    const measured = await secondsOf(() => {
      const { status, stderr } = spawnSync(process.execPath, args, {
        cwd: join(import.meta.dirname, '..'),
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`cdk synth ended with ${status}: ${stderr}`);
    });
    return { what: 'synth', measured, target: TARGET_SECONDS, unit: 's' };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
};
