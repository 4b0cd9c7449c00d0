import { Agent, fetch } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type Slack, type SlackPost, startSlack } from '../../sandbox/slack.ts';

const open: Slack[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((slack) => slack.close()));
});

const started = async () => {
  const posts: SlackPost[] = [];
  const slack = await startSlack({ clock: { now: () => 42 }, onPost: (post) => posts.push(post) });
  open.push(slack);
  const dispatcher = new Agent({ connect: { ca: slack.caPem }, keepAliveTimeout: 1 });
  const post = async (url: string, body: string) => {
    const answer = await fetch(url, { method: 'POST', body, dispatcher });
    return [answer.status, await answer.text()];
  };
  return { slack, posts, post };
};

describe("Slack's stand-in", () => {
  it('takes a message over https by the certificate that it tells of', async () => {
    const { slack, posts, post } = await started();
    expect(await post(slack.webhook, '{"text":"rolled back","blocks":[{"type":"divider"}]}')).toEqual([
      200,
      'ok',
    ]);
    expect(posts).toEqual([{ text: 'rolled back', blocks: [{ type: 'divider' }], at: 42 }]);
    await expect(fetch(slack.webhook, { method: 'POST', body: '{}' })).rejects.toThrow();
  });

  it.each([
    ['another address', '/services/nobody', '{"text":"x"}', [404, 'no_service']],
    ['no JSON', undefined, 'rolled back', [400, 'invalid_payload']],
    ['nothing to show', undefined, '{}', [400, 'no_text']],
  ])('refuses %s with the word that Slack has for it', async (_, path, body, answer) => {
    const { slack, posts, post } = await started();
    expect(await post(path === undefined ? slack.webhook : new URL(path, slack.webhook).href, body)).toEqual(
      answer,
    );
    expect(posts).toEqual([]);
  });
});
