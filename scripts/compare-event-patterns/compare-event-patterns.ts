/**
 * Asks the sandbox's event pattern matcher and AWS's event-ruler (Apache-2.0) the same questions:
 * `compare-event-patterns.ts FOLDER [COUNT [SEED]]`. FOLDER has `event-ruler-2.1.0.jar` and what it depends on (`mvn
 * dependency:copy-dependencies` of software.amazon.event.ruler:event-ruler), which is a development tool and no part of the
 * product; `java` 17 or newer runs it. Exit 1 when an answer differs.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compilePattern, InvalidPattern } from '../../sandbox/aws/services/events/pattern.ts';
import { type Case, randomCases } from './random-patterns.ts';

const [, , folder, count = '5000', seed = '1'] = process.argv;
if (folder === undefined) {
  console.error('usage: compare-event-patterns.ts FOLDER-WITH-EVENT-RULER [COUNT [SEED]]');
  process.exit(2);
}

const theirs = async (asked: readonly Case[]): Promise<readonly string[]> => {
  const source = fileURLToPath(new URL('RulerAnswers.java', import.meta.url));
  const child = spawn('java', ['-cp', join(folder, '*'), source], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(asked.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const answers: string[] = [];
  for await (const line of createInterface({ input: child.stdout }))
    answers.push((JSON.parse(line) as { answer: string }).answer);
  return answers;
};

const ours = ({ pattern, event }: Case): string => {
  try {
    return String(compilePattern(pattern)(event));
  } catch (error) {
    if (error instanceof InvalidPattern) return `refused: ${error.message}`;
    throw error;
  }
};

const asked = randomCases(Number(count), Number(seed));
const answers = await theirs(asked);
const tally: Record<string, number> = {};
for (const [index, one] of asked.entries()) {
  const [here, there = 'nothing'] = [ours(one), answers[index]];
  const same = here.split(':')[0] === there.split(':')[0];
  const what = same ? `same: ${here.split(':')[0]}` : 'different';
  tally[what] = (tally[what] ?? 0) + 1;
  if (!same) console.log(`here ${here}, there ${there}:\n${JSON.stringify(one)}`);
}
console.log(JSON.stringify(tally));
process.exitCode = tally.different === undefined && answers.length === asked.length ? 0 : 1;
