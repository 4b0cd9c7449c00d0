/** Writes the JSON Schema of rollout specs: `npm run schema`; with `--check`, ends with 1 when the file is not the schema's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { rolloutSpec } from '../lambdas/core/spec/schema.ts';

const file = join(import.meta.dirname, '../docs/rollout.schema.json');
const schema = {
  ...z.toJSONSchema(rolloutSpec, { io: 'input', unrepresentable: 'any' }),
  title: 'stepcanary rollout spec',
};
const text = `${JSON.stringify(schema, null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/rollout.schema.json is not the schema of rollout specs: run npm run schema\n');
  process.exitCode = 1;
}
