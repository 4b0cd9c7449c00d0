import { readYaml, WrongRollouts } from '../../infra/targets.ts';
import { courseInShort } from '../../lambdas/core/course.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';
import { Exit } from '../exit.ts';
import { specFiles } from '../spec-files.ts';

interface Validated {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly say: string;
}

const check = (file: string): Validated => {
  try {
    const parsed = parseSpec(readYaml(file));
    if (!parsed.ok) return { file, ok: false, problems: parsed.problems, say: '' };
    const { service, target, analysis } = parsed.value;
    const say = `${service}@${target}: ${courseInShort(parsed.value)}, judged by ${analysis.judge} every ${analysis.interval} s`;
    return { file, ok: true, problems: [], say };
  } catch (error) {
    if (!(error instanceof WrongRollouts)) throw error;
    return { file, ok: false, problems: error.problems, say: '' };
  }
};

/** `stepcanary validate [SPEC…]`: every problem of every file at once; ends with 2 when there is one. */
export const validate = (files: readonly string[], { json = false }: { json?: boolean }): void => {
  const results = specFiles(files).map(check);
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  for (const { file, ok, problems, say } of json ? [] : results) {
    if (ok) process.stdout.write(`${file}: ${say}\n`);
    for (const problem of problems)
      process.stderr.write(problem.startsWith(file) ? `${problem}\n` : `${file}: ${problem}\n`);
  }
  process.exitCode = results.every(({ ok }) => ok) ? Exit.asAsked : Exit.badInput;
};
