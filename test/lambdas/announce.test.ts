import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { readSecret } from '../../lambdas/adapters/secrets.ts';
import { SlackAnnouncer, webhookUrl } from '../../lambdas/adapters/slack.ts';
import { SnsAnnouncer } from '../../lambdas/adapters/sns.ts';
import { announce } from '../../lambdas/announce.ts';
import { announcement } from '../../lambdas/core/messages/announcement.ts';
import type { Announcer } from '../../lambdas/core/ports.ts';
import { exampleTask } from './core/messages/example-task.ts';

const WEBHOOK = 'https://hooks.slack.example/services/T000/B000/very-secret';
const task = exampleTask('rolledBack', { outcome: 'rolledBack' });
const message = announcement(task);

const works = (name: string): Announcer => ({ name, send: async () => {} });
const fails = (name: string): Announcer => ({
  name,
  send: async () => {
    throw new Error('out of order');
  },
});

describe('telling people', () => {
  it('goes on when one way fails, and names it', async () => {
    const noticed: string[] = [];
    const { say } = await announce([fails('Slack'), works('SNS')], task, (text) => noticed.push(text));
    expect(say).toBe('Told SNS: podinfo@prod-eu: 6.0.2 rolled back; not Slack: out of order.');
    expect(noticed).toEqual(['Slack was not told']);
  });

  it('fails as Canary.Transient when nobody was told', async () => {
    await expect(announce([fails('Slack'), fails('SNS')], task)).rejects.toMatchObject({
      name: 'Canary.Transient',
      message: 'nobody was told: Slack: out of order; SNS: out of order',
    });
  });

  it('is content when the spec wants nobody told', async () => {
    expect((await announce([], task)).say).toContain('Told nobody, as the spec wants');
  });
});

describe('SNS', () => {
  const sns = mockClient(SNSClient);

  it('gets the Amazon Q notification as the body, plain text for mail, and attributes', async () => {
    sns.reset();
    sns.on(PublishCommand).resolves({});
    await new SnsAnnouncer(new SNSClient({}), 'arn:aws:sns:eu-west-1:1:t').send(message);
    const input = sns.commandCalls(PublishCommand)[0]?.args[0].input;
    const parts = JSON.parse(input?.Message ?? '{}');
    expect(input).toMatchObject({ MessageStructure: 'json', Subject: message.title });
    expect(JSON.parse(parts.default)).toEqual(message.amazonQ);
    expect(parts.email).toBe(message.text);
    expect(input?.MessageAttributes).toEqual({
      service: { DataType: 'String', StringValue: 'podinfo@prod-eu' },
      target: { DataType: 'String', StringValue: 'prod-eu' },
      severity: { DataType: 'String', StringValue: 'error' },
      phase: { DataType: 'String', StringValue: 'Failed' },
    });
  });

  it('fails a refused publish as Canary.AccessDenied', async () => {
    sns.reset();
    sns.on(PublishCommand).rejects(Object.assign(new Error('no'), { name: 'AuthorizationErrorException' }));
    await expect(
      new SnsAnnouncer(new SNSClient({}), 'arn:aws:sns:eu-west-1:1:t').send(message),
    ).rejects.toMatchObject({ name: 'Canary.AccessDenied' });
  });
});

describe('Slack', () => {
  const slackWith = (answer: () => Promise<Response>, secret = WEBHOOK) => {
    const posts: { url: string; init: RequestInit | undefined }[] = [];
    const announcer = new SlackAnnouncer(
      async () => secret,
      async (url, init) => {
        posts.push({ url: String(url), init });
        return answer();
      },
    );
    return { posts, announcer };
  };

  it('gets text and blocks at the address in the secret', async () => {
    const { posts, announcer } = slackWith(async () => new Response('ok'));
    await announcer.send(message);
    expect(posts[0]?.url).toBe(WEBHOOK);
    expect(JSON.parse(String(posts[0]?.init?.body))).toEqual(message.slack);
  });

  it.each([
    [429, 'Canary.Transient'],
    [503, 'Canary.Transient'],
    [400, 'Canary.InvalidInput'],
    [404, 'Canary.InvalidInput'],
  ])('fails an answer of %i as %s, with its word', async (status, name) => {
    const { announcer } = slackWith(async () => new Response('no_service', { status }));
    await expect(announcer.send(message)).rejects.toMatchObject({
      name,
      message: `Slack answered ${status} no_service`,
    });
  });

  it('shows the address in no error', async () => {
    const { announcer } = slackWith(async () => {
      throw new TypeError(`fetch failed: ${WEBHOOK}`);
    });
    const error = await announcer.send(message).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ name: 'Canary.Transient' });
    expect(error).not.toHaveProperty('cause');
    expect(`${error?.message}${error?.stack}`).not.toContain('very-secret');
  });

  it('takes the address as text or as JSON, and https only', () => {
    expect(webhookUrl(`${WEBHOOK}\n`).href).toBe(WEBHOOK);
    expect(webhookUrl(JSON.stringify({ url: WEBHOOK })).href).toBe(WEBHOOK);
    for (const wrong of [
      'very-secret',
      '{"url": 5}',
      '{very-secret',
      'http://hooks.slack.example/very-secret',
    ])
      expect(() => webhookUrl(wrong)).toThrow(
        expect.objectContaining({
          name: 'Canary.InvalidInput',
          message: expect.not.stringContaining('very-secret'),
        }),
      );
  });
});

it('says which secret is missing', async () => {
  const secrets = mockClient(SecretsManagerClient);
  secrets
    .on(GetSecretValueCommand)
    .rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
  await expect(readSecret(new SecretsManagerClient({}), 'slack/deployments')).rejects.toMatchObject({
    name: 'Canary.InvalidInput',
    message: expect.stringContaining('there is no secret "slack/deployments"'),
  });
});
