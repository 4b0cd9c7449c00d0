import type { Published } from '../../aws/services/sns/topics.ts';
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
