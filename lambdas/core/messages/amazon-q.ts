import { clip, type Story } from './story.ts';

/** Custom notification of Amazon Q Developer in chat applications (administrator guide); other texts are dropped there. */
export interface AmazonQNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords?: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** Chat clients cut long messages at places of their own; three lines to paste fit in. */
const DESCRIPTION_CHARACTERS = 8000;
const SIGN = { info: ':white_check_mark:', warn: ':warning:', error: ':rotating_light:' } as const;

/** The message for a chat channel, as markdown. */
export const amazonQ = (story: Story): AmazonQNotification => {
  const { severity, title, summary, facts, nextSteps, byHand, links, thread, kind } = story;
  const description = [
    summary,
    '',
    ...facts.map(({ name, value }) => `*${name}:* ${value}`),
    `*Execution:* <${links.execution}|open in the console>`,
    ...byHand.flatMap(({ what, line }) => ['', `${what}:`, '```', line, '```']),
  ].join('\n');
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: `${SIGN[severity]} ${title}`,
      description: clip(description, DESCRIPTION_CHARACTERS),
      ...(nextSteps.length > 0 && { nextSteps }),
      keywords: ['stepcanary', kind, severity],
    },
    metadata: {
      threadId: thread,
      summary: title,
      eventType: kind,
      relatedResources: [links.execution],
      additionalContext: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    },
  };
};
