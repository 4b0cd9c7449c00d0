import type { AnnounceTask } from '../tasks.ts';

/** Where the runbook is when nobody says otherwise: in the repository. */
export const RUNBOOK = 'docs/runbook.md';

const HEADINGS: Readonly<Record<AnnounceTask['announcement'], string | undefined>> = {
  start: undefined,
  promoted: undefined,
  ask: 'a-question-is-open',
  promotedUnhealthy: 'promoted-and-unhealthy',
  rolledBack: 'rolled-back',
  refused: 'refused',
  promotionFailed: 'promotion-failed',
  needsRescue: 'needs-rescue',
  retireFailed: 'the-canary-still-has-pods',
};

/** The heading of the runbook for an announcement, as in its URL; undefined for good news. */
export const headingOf = ({
  announcement,
  outcome,
}: Pick<AnnounceTask, 'announcement' | 'outcome'>): string | undefined => {
  if (announcement === 'rolledBack' && outcome === 'rejected') return 'rejected';
  if (announcement === 'rolledBack' && outcome === 'superseded') return undefined;
  return HEADINGS[announcement];
};
