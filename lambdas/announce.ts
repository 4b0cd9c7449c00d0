import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { readSecret } from './adapters/secrets.ts';
import { SlackAnnouncer } from './adapters/slack.ts';
import { SnsAnnouncer } from './adapters/sns.ts';
import { announceAll } from './core/messages/announce-all.ts';
import { announcement } from './core/messages/announcement.ts';
import type { Announcer } from './core/ports.ts';
import type { Rollout } from './core/rollout.ts';
import type { AnnounceResult, AnnounceTask } from './core/tasks.ts';
import { environment } from './runtime/environment.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

/** The ways of telling people that a spec asks for. The topic is the engine's; the webhook's secret is the service's. */
const announcersOf = (rollout: Rollout): readonly Announcer[] => {
  const { sns, slack } = rollout.spec.alerts;
  const announcers: Announcer[] = [];
  if (sns) announcers.push(new SnsAnnouncer(new SNSClient(), environment('TOPIC_ARN')));
  if (slack !== undefined) {
    const { secret } = slack;
    const region = secret.startsWith('arn:') ? secret.split(':')[3] : rollout.target.region;
    const secrets = new SecretsManagerClient({
      credentials: serviceCredentials(rollout),
      ...(region && { region }),
    });
    announcers.push(new SlackAnnouncer(() => readSecret(secrets, secret)));
  }
  return announcers;
};

/** All "Announce …", "Ask a person" and "Page for rescue" states: tells people, by every way that the spec names. */
export const announce = (
  announcers: readonly Announcer[],
  input: AnnounceTask,
  notice?: (text: string, error: unknown) => void,
): Promise<AnnounceResult> => announceAll(announcers, announcement(input), notice);

export const handler = task((input: AnnounceTask, { logger }) =>
  announce(announcersOf(input.rollout), input, (text, error) =>
    logger.warn(text, { error: error instanceof Error ? error : String(error) }),
  ),
);
