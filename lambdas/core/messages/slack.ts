import { clip, type Story } from './story.ts';

/** Slack's limits (Block Kit reference). */
const LIMIT = { blocks: 50, section: 3000, header: 150, fields: 10, field: 2000 } as const;

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
}
interface Markdown {
  readonly type: 'mrkdwn';
  readonly text: string;
}

export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Markdown }
  | { readonly type: 'section'; readonly fields: readonly Markdown[] };

/** Body of an incoming webhook's POST: `text` for notifications, `blocks` for the channel. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Slack reads `&`, `<` and `>` as markup. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Escapes, then cuts without leaving half an entity behind. */
const fitted = (text: string, most: number): string => clip(escaped(text), most).replace(/&[a-z]*…$/, '…');

const section = (text: string): SlackBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });

const FENCE = '```';
const command = (what: string, line: string): SlackBlock => {
  const before = `${fitted(what, LIMIT.header)}:\n${FENCE}`;
  return section(`${before}${fitted(line, LIMIT.section - before.length - FENCE.length)}${FENCE}`);
};

const SIGN = { info: '✅', warn: '⚠️', error: '🚨' } as const;

/** The message as Block Kit, every part within Slack's limits. */
export const slack = (story: Story): SlackMessage => {
  const { severity, title, summary, facts, nextSteps, byHand, links } = story;
  const header = clip(`${SIGN[severity]} ${title}`, LIMIT.header);
  const fields = facts.slice(0, LIMIT.fields).map(({ name, value }): Markdown => {
    const label = `*${escaped(name)}*\n`;
    return { type: 'mrkdwn', text: `${label}${fitted(value, LIMIT.field - label.length)}` };
  });
  const steps = nextSteps.map((step) => `• ${step}`).join('\n');
  const blocks: readonly SlackBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: header } },
    ...(summary === '' ? [] : [section(fitted(summary, LIMIT.section))]),
    ...(fields.length === 0 ? [] : [{ type: 'section', fields } as const]),
    ...(steps === '' ? [] : [section(fitted(steps, LIMIT.section))]),
    ...byHand.map(({ what, line }) => command(what, line)),
    section(`<${links.execution}|Open the execution>`),
  ];
  return { text: `${header}: ${fitted(summary, LIMIT.section)}`, blocks: blocks.slice(0, LIMIT.blocks) };
};
