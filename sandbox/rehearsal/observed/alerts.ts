import type { Published } from '../../aws/services/sns/topics.ts';
import type { SlackPost } from '../../slack.ts';
import type { RehearsedAlert } from '../result.ts';

interface ChatMessage {
  readonly content?: { readonly title?: string; readonly description?: string };
}

/** A message by protocol has the chat's text under `default` (SNS Publish, MessageStructure json). */
const chatOf = (message: string): ChatMessage => {
  const parsed = JSON.parse(message) as ChatMessage & { readonly default?: string };
  return parsed.default === undefined ? parsed : (JSON.parse(parsed.default) as ChatMessage);
};

/** What CloudWatch publishes for an alarm. */
interface AlarmMessage {
  readonly NewStateValue?: string;
  readonly AlarmDescription?: string | null;
  readonly NewStateReason?: string;
}

/** What people were told by the topic. @param start 0 s of the scenario, epoch milliseconds */
export const alertOf = ({ message, subject, attributes, at }: Published, start: number): RehearsedAlert => {
  const seconds = Math.floor((at - start) / 1000);
  const { NewStateValue: state, AlarmDescription, NewStateReason } = JSON.parse(message) as AlarmMessage;
  if (state !== undefined) {
    const text = [AlarmDescription, NewStateReason].filter(Boolean).join('\n\n');
    return { at: seconds, severity: state === 'ALARM' ? 'error' : 'info', title: subject ?? '', text };
  }
  const { title = '', description = '' } = chatOf(message).content ?? {};
  const severity = attributes.severity?.StringValue ?? 'info';
  return { at: seconds, severity, title, text: description };
};

/** What a message in Slack begins with, by its severity (lambdas/core/messages/slack.ts). */
const SIGNS: Readonly<Record<string, string>> = { '✅': 'info', '⚠️': 'warn', '🚨': 'error' };

interface Block {
  readonly type?: string;
  readonly text?: { readonly text?: string };
  readonly fields?: readonly { readonly text?: string }[];
}

/** What people were told in Slack. @param start 0 s of the scenario, epoch milliseconds */
export const slackAlertOf = ({ text, blocks, at }: SlackPost, start: number): RehearsedAlert => {
  const [header, ...rest] = blocks as readonly Block[];
  const title = header?.text?.text ?? text;
  const parts = rest.flatMap((block) => [
    block.text?.text,
    ...(block.fields ?? []).map((field) => field.text),
  ]);
  return {
    at: Math.floor((at - start) / 1000),
    severity: SIGNS[title.split(' ')[0] ?? ''] ?? 'info',
    title,
    text: parts.filter((part) => part !== undefined).join('\n\n'),
  };
};

/** Without the sign that each channel puts before it. */
const news = ({ at, title }: RehearsedAlert): string => `${at} ${title.slice(title.indexOf(' ') + 1)}`;

/** What people were told, each thing once: by the topic, or in Slack where the topic did not tell it. */
export const told = (
  byTopic: readonly RehearsedAlert[],
  inSlack: readonly RehearsedAlert[],
): RehearsedAlert[] => {
  const known = new Set(byTopic.map(news));
  return [...byTopic, ...inSlack.filter((alert) => !known.has(news(alert)))].sort((a, b) => a.at - b.at);
};
