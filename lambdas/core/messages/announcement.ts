import type { Outcome, Phase, Side } from '../rollout.ts';
import type { AnnounceTask } from '../tasks.ts';
import { type AmazonQNotification, amazonQ } from './amazon-q.ts';
import { factsOf } from './facts.ts';
import { handLines } from './hand-lines.ts';
import { headingOf, RUNBOOK } from './runbook.ts';
import { type SlackMessage, slack } from './slack.ts';
import type { Story } from './story.ts';
import { tellingOf } from './tellings.ts';

export type Severity = 'info' | 'warn' | 'error';

/** A message for people, ready for each way of sending it. */
export interface Message {
  readonly severity: Severity;
  /** One line, at most 100 characters. */
  readonly title: string;
  /** Plain text, for mail. */
  readonly text: string;
  readonly amazonQ: AmazonQNotification;
  readonly slack: SlackMessage;
  /** What subscriptions filter by. */
  readonly attributes: {
    readonly service: string;
    readonly target: string;
    readonly severity: Severity;
    readonly phase: Phase;
  };
}

/** Addresses that a message links to. */
export interface Links {
  readonly execution: string;
  /** The runbook, without a heading. */
  readonly runbook: string;
}

const CONSOLE = 'console.aws.amazon.com';
/** Partitions with a console of their own. */
const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The console's page of an execution, in the partition and region that its ARN names. */
export const linksOf = (executionArn: string, runbook: string = RUNBOOK): Links => {
  const [, partition = 'aws', , region = ''] = executionArn.split(':');
  const console = CONSOLES[partition] ?? CONSOLE;
  return {
    execution: `https://${region}.${console}/states/home?region=${region}#/v2/executions/details/${executionArn}`,
    runbook,
  };
};

const plain = ({ title, summary, facts, nextSteps, byHand, links }: Story): string =>
  [
    title,
    '',
    summary,
    '',
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    `Execution: ${links.execution}`,
    ...(nextSteps.length > 0 ? ['', 'What to do:', ...nextSteps.map((step) => `- ${step}`)] : []),
    ...(byHand.length > 0
      ? [
          '',
          'These lines work without stepcanary:',
          ...byHand.flatMap(({ what, line }) => ['', `${what}:`, line]),
        ]
      : []),
  ].join('\n');

/** The side that is to have all traffic when this is announced. */
const safeSide = ({ safe, announcement }: AnnounceTask): Side =>
  safe ?? (announcement === 'promotionFailed' ? 'canary' : 'primary');

const endPhase = (announcement: AnnounceTask['announcement'], outcome: Outcome | undefined): Phase => {
  if (announcement === 'start') return 'Progressing';
  if (announcement === 'ask') return 'WaitingPromotion';
  return announcement === 'promoted' || outcome === 'promoted' ? 'Succeeded' : 'Failed';
};

/**
 * What a rollout has to say, for every way of sending: what was released, how far it got, the counts that decided, how
 * many requests failed, what serves now, what to do, and for what went wrong three lines to paste that need nothing of
 * ours. Titles and severities are near Flagger's (pkg/controller/events.go).
 */
export const announcement = (
  task: AnnounceTask,
  links: Links = linksOf(task.rollout.execution.arn),
): Message => {
  const safe = safeSide(task);
  const telling = tellingOf(task, safe);
  const heading = headingOf(task);
  const read = heading === undefined ? [] : [`Runbook: ${links.runbook}#${heading}`];
  const story: Story = {
    ...telling,
    links,
    facts: factsOf(task, safe),
    nextSteps: [...telling.nextSteps, ...read],
    byHand: telling.severity === 'info' ? [] : handLines(task, safe),
    thread: task.rollout.execution.name,
    kind: task.announcement,
  };
  const phase = endPhase(task.announcement, task.outcome);
  const { service, target } = task.rollout;
  return {
    severity: story.severity,
    title: story.title,
    text: plain(story),
    amazonQ: amazonQ(story),
    slack: slack(story),
    attributes: { service, target: target.name, severity: story.severity, phase },
  };
};
