/**
 * The CDK app, as the CDK's command line runs it. Context (`-c KEY=VALUE`):
 * - `rollouts`: the folder with the targets and the specs; default `rollouts`
 * - `runbook`: the URL of the runbook, for alarms; default `docs/runbook.md`
 * - `disposable=true`: the table can be deleted with its stack
 * - `nag=false`: leaves out the checks of cdk-nag
 * - `wrongSpecs=skip`: ends well although a spec is wrong; its stack is left as it is. Else the app ends with 1, and the
 *   stacks of the other specs are written all the same.
 */
import type { App } from 'aws-cdk-lib';
import { ROLLOUTS_DIRECTORY, synthesise } from './synthesise.ts';
import { WrongRollouts } from './targets.ts';

const context = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}') as Record<string, unknown>;
const text = (key: string): string | undefined => {
  const value = context[key];
  return value === undefined ? undefined : String(value);
};

const report = (problems: readonly string[]): void => {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
};

const nag = async (): Promise<((app: App) => void) | undefined> => {
  if (text('nag') === 'false') return undefined;
  const { addNag } = await import('./nag.ts');
  return addNag;
};

try {
  const checks = await nag();
  const runbook = text('runbook');
  synthesise({
    rolloutsDirectory: text('rollouts') ?? ROLLOUTS_DIRECTORY,
    disposable: text('disposable') === 'true',
    ...(runbook !== undefined && { runbook }),
    ...(checks !== undefined && { checks }),
    onProblems: (problems) => {
      report(problems);
      if (text('wrongSpecs') !== 'skip') process.exitCode = 1;
    },
  });
} catch (error) {
  if (!(error instanceof WrongRollouts)) throw error;
  report(error.problems);
  process.exitCode = 1;
}
