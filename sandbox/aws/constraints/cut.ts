/**
 * Cuts the tables of constraints beside this file out of botocore's service models (Apache-2.0), which still hold what
 * the SDK's schemas leave out. Run by hand when a client is updated: `cut.ts BOTOCORE/data`.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Constraint } from './constraints.ts';

interface ModelShape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly members?: Record<string, { shape: string }>;
  readonly member?: { shape: string };
  readonly value?: { shape: string };
}
type Shapes = Readonly<Record<string, ModelShape>>;

/** IAM prefix, and the model's folder where that has another name. */
const SERVICES: Readonly<Record<string, string>> = {
  appmesh: 'appmesh',
  ecr: 'ecr',
  eks: 'eks',
  events: 'events',
  sns: 'sns',
  states: 'stepfunctions',
  sts: 'sts',
};

/** Java's expressions that JavaScript can't read are left out: better no check than a wrong one. */
function readable(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'su');
    return true;
  } catch {
    return false;
  }
}

function constraintOf({ min, max, pattern, enum: allowed }: ModelShape): Constraint | undefined {
  const constraint = {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && readable(pattern) && { pattern }),
    ...(allowed !== undefined && { enum: allowed }),
  };
  return Object.keys(constraint).length === 0 ? undefined : constraint;
}

function cut(shapes: Shapes): Record<string, Constraint> {
  const table: Record<string, Constraint> = {};
  const add = (key: string, name: string) => {
    const shape = shapes[name];
    if (shape === undefined || shape.type === 'structure') return;
    const constraint = constraintOf(shape);
    if (constraint !== undefined) table[key] = constraint;
    if (shape.member !== undefined) add(`${key}[]`, shape.member.shape);
    if (shape.value !== undefined) add(`${key}{}`, shape.value.shape);
  };
  for (const [name, { members }] of Object.entries(shapes))
    for (const [member, { shape }] of Object.entries(members ?? {})) add(`${name}.${member}`, shape);
  return table;
}

const [, , data] = process.argv;
if (data === undefined) throw new Error('usage: cut.ts BOTOCORE/data');
for (const [prefix, folder] of Object.entries(SERVICES)) {
  const version = (await readdir(join(data, folder))).sort().at(-1) ?? '';
  const model = JSON.parse(
    gunzipSync(await readFile(join(data, folder, version, 'service-2.json.gz'))).toString(),
  ) as {
    shapes: Shapes;
  };
  const source = `botocore (Apache-2.0), data/${folder}/${version}/service-2.json`;
  const table = { source, constraints: cut(model.shapes) };
  await writeFile(new URL(`${prefix}.json`, import.meta.url), `${JSON.stringify(table)}\n`);
}
