import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { announcement, linksOf } from '../../../../lambdas/core/messages/announcement.ts';
import { headingOf } from '../../../../lambdas/core/messages/runbook.ts';
import { anchorsIn } from '../../../../scripts/check-links.ts';
import { ARN, exampleTask } from './example-task.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/runbook.md'), 'utf8');

const BAD = [
  ['ask', undefined],
  ['promotedUnhealthy', 'promoted'],
  ['rolledBack', 'rolledBack'],
  ['rolledBack', 'rejected'],
  ['refused', 'refused'],
  ['promotionFailed', 'failed'],
  ['needsRescue', 'failed'],
  ['retireFailed', 'promoted'],
] as const;

describe('what people are told to do', () => {
  it.each(BAD)('links %s (%s) to a heading of the runbook that is there', (kind, outcome) => {
    const task = exampleTask(kind, outcome === undefined ? {} : { outcome });
    const heading = headingOf(task) ?? 'none';
    expect(anchorsIn(page).has(heading)).toBe(true);
    const { text, slack } = announcement(task, linksOf(ARN, 'https://wiki.example/runbook'));
    expect(text).toContain(`- Runbook: https://wiki.example/runbook#${heading}`);
    expect(JSON.stringify(slack)).toContain(`https://wiki.example/runbook#${heading}`);
  });

  it('needs no runbook for good news', () => {
    for (const kind of ['start', 'promoted'] as const)
      expect(announcement(exampleTask(kind)).text).not.toContain('Runbook');
  });

  it('stops no execution that has ended', () => {
    expect(announcement(exampleTask('rolledBack')).text).toContain('stop-execution');
    const { text } = announcement(exampleTask('rolledBack', { ended: true }));
    expect(text).not.toContain('stop-execution');
    expect(text).toContain('update-route');
  });
});
