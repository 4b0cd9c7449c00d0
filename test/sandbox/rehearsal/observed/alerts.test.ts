import { expect, test } from 'vitest';
import { slackAlertOf, told } from '../../../../sandbox/rehearsal/observed/alerts.ts';

const alert = (at: number, title: string) => ({ at, severity: 'error', title, text: '' });
const post = {
  text: '🚨 a@b: 1.0 rolled back: It failed.',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: '🚨 a@b: 1.0 rolled back' } },
    { type: 'section', text: { type: 'mrkdwn', text: 'It failed.' } },
    { type: 'section', fields: [{ type: 'mrkdwn', text: '*Reached*\n5 %' }] },
  ],
  at: 61_500,
};

test('a post in Slack tells its severity by its sign, and its text by its blocks', () => {
  expect(slackAlertOf(post, 1000)).toEqual({
    at: 60,
    severity: 'error',
    title: '🚨 a@b: 1.0 rolled back',
    text: 'It failed.\n\n*Reached*\n5 %',
  });
});

test('what topic and Slack both told is told once, and what only one of them told is not lost', () => {
  const byTopic = [alert(60, ':rotating_light: a@b: 1.0 rolled back')];
  const inSlack = [alert(0, '✅ a@b: 1.0 rollout begins'), alert(60, '🚨 a@b: 1.0 rolled back')];
  expect(told(byTopic, inSlack).map(({ title }) => title)).toEqual([
    '✅ a@b: 1.0 rollout begins',
    ':rotating_light: a@b: 1.0 rolled back',
  ]);
});
