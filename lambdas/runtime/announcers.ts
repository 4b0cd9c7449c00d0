import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { readSecret } from '../adapters/secrets.ts';
import { SlackAnnouncer } from '../adapters/slack.ts';
import { SnsAnnouncer } from '../adapters/sns.ts';
import type { Announcer } from '../core/ports.ts';
import { type Acting, actingClient, own } from './clients.ts';
import { environment } from './environment.ts';

/** The ways of telling people that a spec asks for. The topic is the engine's; the webhook's secret is the service's. */
export const announcersOf = (acting: Acting, actor?: string): readonly Announcer[] => {
  const { sns, slack } = acting.spec.alerts;
  const announcers: Announcer[] = [];
  if (sns) announcers.push(new SnsAnnouncer(own(SNSClient), environment('TOPIC_ARN')));
  if (slack !== undefined) {
    const secrets = actingClient(SecretsManagerClient, acting, actor);
    announcers.push(new SlackAnnouncer(() => readSecret(secrets, slack.secret)));
  }
  return announcers;
};
