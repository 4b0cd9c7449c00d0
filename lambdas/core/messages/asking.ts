import { waitsForPromotion } from '../holds/state.ts';
import { ASKING_SECONDS } from '../plan.ts';
import { formatDuration } from '../spec/duration.ts';
import type { AnnounceTask } from '../tasks.ts';
import type { Telling } from './story.ts';

/** What waits for a yes, in Flagger's words (facts: alerts of pkg/controller/scheduler_hooks.go). */
const waitsFor = ({ analysis, rollout }: AnnounceTask): string => {
  const before = analysis?.holds?.gate?.before;
  if (before === 'rollout') return 'Canary is waiting for approval.';
  if (analysis != null && waitsForPromotion(rollout.spec, analysis) && typeof before !== 'number')
    return 'Canary promotion is waiting for approval.';
  return before === undefined
    ? 'Canary is waiting for approval.'
    : 'Canary traffic increase is waiting for approval.';
};

/** Says what waits for whom: a gate and the deadline wait for a person, a hook's yes comes from elsewhere. */
export const asking = (
  task: AnnounceTask,
  reason: string,
): Omit<Telling, 'title'> & { readonly what: string } => {
  const { rollout, analysis, weight } = task;
  const { service } = rollout;
  const gate = analysis?.holds?.gate;
  const awaiting = analysis?.holds?.awaiting;
  // What holds it is a clause; what is undecided begins with a metric's name, which stays as it is written.
  const held = gate !== undefined || (awaiting !== undefined && analysis?.asked === undefined);
  const why = held ? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}` : reason;
  const told = {
    severity: 'warn' as const,
    what: 'waits for approval',
    summary: `${waitsFor(task)} ${why}`,
  };
  if (held && gate === undefined) {
    const nextSteps = [
      `It goes on by itself as soon as ${awaiting} says yes.`,
      `Or stop it: npx stepcanary abort ${service}`,
    ];
    return { ...told, nextSteps };
  }
  const limit = formatDuration(gate?.timeout ?? ASKING_SECONDS);
  const no = weight === 0 ? 'Stop it' : 'Roll it back';
  const failing = weight === 0 ? '' : '; failing checks roll it back before';
  return {
    ...told,
    nextSteps: [
      `${gate === undefined ? 'Promote it' : 'Let it go on'}: npx stepcanary approve ${service}`,
      `${no}: npx stepcanary reject ${service}`,
      `Without an answer within ${limit} it is ${weight === 0 ? 'stopped' : 'rolled back'}${failing}.`,
    ],
  };
};
