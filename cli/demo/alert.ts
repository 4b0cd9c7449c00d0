import type { SlackBlock } from '../../lambdas/core/messages/slack.ts';
import type { SlackPost } from '../../sandbox/slack.ts';

/** Slack's markup of what our messages use, as a terminal reads it. */
const unmarked = (text: string): string =>
  text
    .replace(/<[^|>]+\|([^>]+)>/g, '$1')
    .replace(/^\*(.+)\*$/, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** A block that holds a command to paste, as the three lines of an alert are. */
const FENCE = '```';

const linesOf = (block: SlackBlock): string[] => {
  if ('fields' in block) {
    return block.fields.map(({ text }) => {
      const [name = '', value = ''] = text.split('\n');
      return `${unmarked(name)}: ${unmarked(value)}`;
    });
  }
  const { text } = block.text;
  if (!text.includes(FENCE)) return text.split('\n').map(unmarked);
  const [what = '', command = ''] = text.split(FENCE);
  return [`${what.trim()} ${unmarked(command)}`];
};

/** A message as people read it in the channel, a line each of its parts. */
export const alertLines = ({ blocks }: SlackPost): string[] => (blocks as SlackBlock[]).flatMap(linesOf);
