import type { Side } from '../rollout.ts';
import { reasonOf } from '../safety/failure.ts';
import { thresholdOf } from '../spec/limits.ts';
import type { Announcement, AnnounceTask } from '../tasks.ts';
import { asking } from './asking.ts';
import { clip, type Telling } from './story.ts';

/** SNS subjects have at most 100 characters (API reference). */
const TITLE_CHARACTERS = 100;
/** A cause caught by the machine can be a page long. */
const REASON_CHARACTERS = 1000;

type Tell = (
  task: AnnounceTask,
  words: { readonly reason: string; readonly safe: Side },
) => Omit<Telling, 'title'> & { readonly what: string };

/** What releases the same image once more. */
const again = ({ rollout: { service, release } }: AnnounceTask): string =>
  `npx stepcanary start ${service} --tag ${release.tag} --retry`;

const sentence = (text: string): string =>
  (text === '' || /[.!?…]$/.test(text) ? text : `${text}.`).replace(/^inconclusive:/, 'Inconclusive:');

const rolledBack: Tell = (task, { reason }) => {
  const { outcome, analysis } = task;
  if (outcome === 'superseded')
    return {
      severity: 'info',
      what: 'made room for a newer release',
      summary: `New revision detected. ${reason}`,
      nextSteps: [],
    };
  if (outcome === 'rejected')
    return {
      severity: 'warn',
      what: 'rejected and rolled back',
      summary: `Promotion was not approved: ${reason}`,
      nextSteps: [`Try it again: ${again(task)}`],
    };
  if (analysis?.inconclusive)
    return {
      severity: 'warn',
      what: 'ended inconclusive, rolled back',
      summary: `Neither proven good nor shown bad. ${reason}`,
      nextSteps: [
        'More traffic, a higher maxWeight or a longer deadline would settle it: npx stepcanary plan shows which.',
        `Try the same image again: ${again(task)}`,
      ],
    };
  const threshold = thresholdOf(task.rollout.spec);
  const reached = (analysis?.failedChecks ?? 0) >= threshold;
  return {
    severity: 'error',
    what: 'rolled back',
    summary: `${reached ? `Failed checks threshold reached ${threshold}. ` : ''}${reason}`,
    nextSteps: [
      'Read the verdicts in the execution, each with its counts.',
      `Release a fix, or try the same image again: ${again(task)}`,
    ],
  };
};

const TELL: Readonly<Record<Announcement, Tell>> = {
  start: () => ({
    severity: 'info',
    what: 'rollout begins',
    summary: 'New revision detected, progressing canary analysis.',
    nextSteps: [],
  }),
  ask: (task, { reason }) => asking(task, reason),
  promoted: ({ analysis }, { reason }) => ({
    severity: 'info',
    what: analysis?.inconclusive ? 'promoted, the analysis ended inconclusive' : 'promoted',
    summary: `${analysis?.inconclusive ? 'Promotion finished, though the deadline passed without proof.' : 'Canary analysis completed successfully, promotion finished.'} ${reason}`,
    nextSteps: [],
  }),
  promotedUnhealthy: ({ rollout }, { reason }) => ({
    severity: 'warn',
    what: 'promoted, but it violates a limit under all traffic',
    summary: `Promotion finished. ${reason}`,
    nextSteps: [
      `Nothing is undone from here: release the version before again, or a fix of ${rollout.release.tag}.`,
    ],
  }),
  rolledBack,
  refused: (task, { reason }) => ({
    severity: 'warn',
    what: 'refused, nothing was touched',
    summary: reason,
    nextSteps: [`Mend what is named above, then release again: ${again(task)}`],
  }),
  promotionFailed: ({ rollout }, { reason }) => ({
    severity: 'error',
    what: 'promotion failed, the canary serves',
    summary: `Promotion failed, primary not ready: ${reason}`,
    nextSteps: [
      `Do not scale ${rollout.spec.workload.canary} down: it has all traffic.`,
      `Mend ${rollout.spec.workload.primary}, give it all traffic, then set the service free: npx stepcanary unlock ${rollout.service}`,
    ],
  }),
  needsRescue: ({ rollout }, { reason, safe }) => ({
    severity: 'error',
    what: 'needs rescue, traffic is not where it should be',
    summary: `All traffic should be on ${rollout.spec.workload[safe]}, and the route takes no write. ${reason}`,
    nextSteps: ['Rescue tries again each minute; until then the service stays locked.'],
  }),
  retireFailed: ({ rollout, outcome }, { reason }) => ({
    severity: 'warn',
    what: `${outcome === 'promoted' ? 'promoted' : 'rolled back'}, but the canary still has pods`,
    summary: reason,
    nextSteps: [
      `Scale the canary down: kubectl -n ${rollout.spec.workload.namespace} scale deployment/${rollout.spec.workload.canary} --replicas=0`,
    ],
  }),
};

/** The headline of an announcement: `podinfo@prod-eu: 6.0.2 rolled back`. */
export const tellingOf = (task: AnnounceTask, safe: Side): Telling => {
  const reason = clip(sentence(reasonOf(task).trim()), REASON_CHARACTERS);
  const { what, summary, ...telling } = TELL[task.announcement](task, { reason, safe });
  const { service, release } = task.rollout;
  const ending = ` ${what}`;
  const subject = clip(`${service}: ${release.tag}`, TITLE_CHARACTERS - ending.length);
  return { ...telling, title: `${subject}${ending}`, summary: summary.trim() };
};
