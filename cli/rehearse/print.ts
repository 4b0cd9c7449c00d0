import type { RehearsalResult } from '../../sandbox/rehearsal/result.ts';
import type { Rehearsed, Told } from '../../sandbox/rehearsal/side-by-side/job.ts';

const summary = ({
  name,
  rollouts,
  failedRequests,
  requests,
  virtualSeconds,
  wallSeconds,
}: RehearsalResult): string => {
  const ended = rollouts
    .map(({ version, outcome, reason }) => `${version} ${outcome}${reason === '' ? '' : ` (${reason})`}`)
    .join('; ');
  const failed = `${failedRequests.toLocaleString('en-US')} of ${requests.toLocaleString('en-US')} requests failed`;
  const what = ended === '' ? 'no rollout' : ended;
  return `${name}: ${what}; ${failed}; ${Math.round(virtualSeconds / 60)} min in ${wallSeconds.toFixed(1)} s`;
};

/** A line for the rehearsal, and one for each thing that is not as the scenario expects. */
export const linesOf = ({ asAsked, result, unmet }: Rehearsed): string =>
  [`${asAsked ? '✓' : '✗'} ${summary(result)}`, ...unmet.map((difference) => `    ${difference}`), ''].join(
    '\n',
  );

/** Says how a rehearsal ended, as soon as it is known. With `--json` stdout is for the document alone. */
export const say = (told: Told, json: boolean): void => {
  if ('broken' in told) {
    process.stderr.write(`✗ ${told.file}: could not be rehearsed: ${told.broken}\n`);
    return;
  }
  if (!json) process.stdout.write(linesOf(told));
  if (told.trace !== undefined) (json ? process.stderr : process.stdout).write(told.trace);
};
