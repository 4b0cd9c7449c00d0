/**
 * Runs the same state machines in the sandbox's interpreter and in moto's (Apache-2.0), and compares the histories:
 * `compare-states.ts FOLDER [COUNT [SEED]]`. FOLDER is a Python virtual environment with `moto[stepfunctions]==5.2.5` and
 * `jsonata-python==0.7.1`, which are development tools and no part of the product. Exit 1 when a history differs
 * that is not in known-differences.ts.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases/case.ts';
import { cases } from './cases/cases.ts';
import { compare } from './difference.ts';
import { randomCases } from './random-cases.ts';
import { type Ran, runHere } from './run-here.ts';

const [, , folder, count = '300', seed = '1'] = process.argv;
if (folder === undefined) {
  console.error('usage: compare-states.ts FOLDER-OF-VIRTUAL-ENVIRONMENT [COUNT [SEED]]');
  process.exit(2);
}

const theirs = async (asked: readonly Case[]): Promise<readonly Ran[]> => {
  const script = fileURLToPath(new URL('moto_interpreter.py', import.meta.url));
  const child = spawn(join(folder, 'bin', 'python'), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(asked.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const results: Ran[] = [];
  for await (const line of createInterface({ input: child.stdout })) results.push(JSON.parse(line) as Ran);
  return results;
};

const all = [...cases, ...randomCases(Number(count), Number(seed))];
const others = await theirs(all);
const tally: Record<string, number> = {};
const note = (what: string) => {
  tally[what] = (tally[what] ?? 0) + 1;
};
/** Whether branches or iterations run at the same time: which is written down first is then nobody's promise. */
const concurrent = ({ definition }: Case) =>
  JSON.stringify(definition).replaceAll('"MaxConcurrency":1', '').includes('"Type":"Map"') ||
  JSON.stringify(definition).includes('"Type":"Parallel"');
for (const [index, asked] of all.entries()) {
  const { difference, known } = compare(await runHere(asked), others[index] ?? {}, concurrent(asked));
  note(difference === undefined ? (known.size > 0 ? 'same but for what is known' : 'same') : 'different');
  for (const { why } of known) note(why);
  if (difference !== undefined) console.log(`${asked.name}\n${JSON.stringify(asked)}\n${difference}\n`);
}
console.log(JSON.stringify(tally, undefined, 1));
process.exitCode = tally.different === undefined && others.length === all.length ? 0 : 1;
