import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announcement, linksOf } from '../../../../lambdas/core/messages/announcement.ts';
import type { Announcement } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';
import { ARN, exampleTask } from './example-task.ts';

const KINDS: readonly Announcement[] = [
  'start',
  'ask',
  'promoted',
  'rolledBack',
  'refused',
  'promotionFailed',
  'needsRescue',
  'retireFailed',
];

describe('an analysis that ended inconclusive', () => {
  const { analysis } = exampleTask('rolledBack');
  const inconclusive = { ...analysis, inconclusive: true } as NonNullable<typeof analysis>;
  const reason =
    'inconclusive: the deadline of 1h passed at 50 %; not enough traffic yet: request-duration takes about 2 hours more of such traffic to prove';

  it('is told from a rollback of a bad release, with what would settle it', () => {
    const told = announcement(
      exampleTask('rolledBack', { outcome: 'rolledBack', analysis: inconclusive, reason }),
    );
    expect([told.title, told.severity]).toEqual([
      'podinfo@prod-eu: 6.0.2 ended inconclusive, rolled back',
      'warn',
    ]);
    expect(told.text).toContain('Neither proven good nor shown bad. Inconclusive: the deadline of 1h passed');
    expect(told.text).toContain('npx stepcanary plan');
  });

  it('is told of a promotion, too', () => {
    const told = announcement(exampleTask('promoted', { outcome: 'promoted', analysis: inconclusive }));
    expect(told.title).toBe('podinfo@prod-eu: 6.0.2 promoted, the analysis ended inconclusive');
    expect(told.text).not.toContain('completed successfully');
  });
});

describe('a message of a rollout with two judges', () => {
  it('has the evidence of the acting one, and what the other would have done', () => {
    const { analysis, rollout } = exampleTask('rolledBack');
    const spec = exampleSpec({ analysis: { judge: 'sequential', advisory: 'threshold', threshold: 3 } });
    const carried = {
      state: { schema: 1 as const, tick: 9, requestsPerTick: 6000, metrics: {}, limits: {}, evidence: 218.4 },
      suspicion: { ticks: 2, counts: {} },
      atWeight: { since: '2026-11-21T12:20:00.000Z', ticks: 3 },
    };
    const decided = {
      decision: 'promote' as const,
      reason: '',
      say: '50 %: proven, promoting.',
      at: '2026-11-21T12:24:00.000Z',
      weight: 50,
    };
    const both = {
      ...analysis,
      sequential: carried,
      advisory: { judge: 'threshold' as const, decided },
    } as NonNullable<typeof analysis>;
    const { text } = announcement(
      exampleTask('rolledBack', { outcome: 'rolledBack', analysis: both, rollout: { ...rollout, spec } }),
    );
    expect(text).toContain('Evidence of harm: 218, 100 rolls back');
    expect(text).toContain(
      'Judge threshold, advising only: would have promoted at 50 % (12:24 UTC): 50 %: proven, promoting.',
    );
  });

  it.each([
    [4150.2, '4,150'],
    [0.000_123_4, '0.000123'],
    [1e300, 'over 1,000,000'],
  ])('tells evidence of %d as a person can read it', (evidence, told) => {
    const { analysis } = exampleTask('rolledBack');
    const sequential = {
      state: { schema: 1 as const, tick: 9, requestsPerTick: 6000, metrics: {}, limits: {}, evidence },
    };
    const { text } = announcement(
      exampleTask('rolledBack', {
        outcome: 'rolledBack',
        analysis: { ...analysis, sequential } as NonNullable<typeof analysis>,
      }),
    );
    expect(text).toContain(`Evidence of harm: ${told}, 100 rolls back`);
  });
});

it('a comparison that only advises is told as such', () => {
  const { analysis } = exampleTask('rolledBack');
  const limits = { metrics: {}, limits: {}, evidence: 2, comparison: 4150.2 };
  const sequential = { state: { schema: 1 as const, tick: 9, requestsPerTick: 6000, ...limits } };
  const { text } = announcement(
    exampleTask('rolledBack', {
      outcome: 'rolledBack',
      analysis: { ...analysis, sequential } as NonNullable<typeof analysis>,
    }),
  );
  expect(text).toContain('Compared with the primary, advising only: 4,150');
});

describe('a rollback as people read it', () => {
  const message = announcement(exampleTask('rolledBack', { outcome: 'rolledBack' }));

  it('says in plain text what was released, how far it got, what decided, who was hurt and what serves', () => {
    expect(message.title).toBe('podinfo@prod-eu: 6.0.2 rolled back');
    expect(message.severity).toBe('error');
    expect(message.text.split('\n').slice(0, 14)).toEqual([
      'podinfo@prod-eu: 6.0.2 rolled back',
      '',
      'Failed checks threshold reached 3. request-success-rate: 96.1 % of 3,000 canary requests succeeded (at least 99 % wanted), 3 checks failed.',
      '',
      'Release: podinfo:6.0.2 (sha256:0a1b2c3d)',
      'Where: test in prod, eu-west-1',
      'Reached: 20 % of the traffic',
      'Canary: 3,000 requests, 117 failed (3.9 %)',
      'Primary: 57,000 requests, 57 failed (0.1 %)',
      'Checks: 3 failed, 3 would roll back',
      "Users' requests that the canary failed: 117",
      'Serving now: podinfo-primary, the version before, with all traffic',
      `Execution: ${linksOf(ARN).execution}`,
      '',
    ]);
  });

  it('carries three lines to paste that need nothing of ours', () => {
    const which =
      '--region eu-west-1 --mesh-name global --virtual-router-name podinfo-router --route-name podinfo';
    const lines = message.text.split('\n');
    expect(lines).toContain(`aws stepfunctions stop-execution --region eu-west-1 --execution-arn ${ARN}`);
    expect(lines).toContain(
      `aws appmesh update-route ${which} --spec "$(aws appmesh describe-route ${which} --query route.spec --output json | ` +
        "jq -c --arg safe podinfo-primary '(.httpRoute,.http2Route,.grpcRoute,.tcpRoute | select(.) | " +
        '.action.weightedTargets[]) |= (.weight = (if .virtualNode == $safe then 100 else 0 end))\')"',
    );
    expect(lines).toContain(
      'aws eks update-kubeconfig --region eu-west-1 --name prod && kubectl -n test scale deployment/podinfo-primary ' +
        '--replicas="$(kubectl -n test get deployment podinfo-primary podinfo ' +
        `-o jsonpath='{range .items[*]}{.spec.replicas}{"\\n"}{end}' | sort -n | tail -1)"`,
    );
  });

  it('says whose traffic A/B reached, and has a line that takes their route away', () => {
    const task = exampleTask('rolledBack');
    const strategy = { ab: { iterations: 3, match: [{ headers: { a: { exact: 'b' } } }] } };
    const spec = { ...task.rollout.spec, strategy };
    const { text } = announcement({ ...task, rollout: { ...task.rollout, spec } });
    expect(text).toContain('Reached: 20 % of the requests that match');
    expect(text.split('\n')).toContain(
      'aws appmesh delete-route --region eu-west-1 --mesh-name global --virtual-router-name podinfo-router --route-name podinfo-ab',
    );
  });

  it('is a custom notification of Amazon Q, one thread a rollout', () => {
    expect(message.amazonQ).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: ':rotating_light: podinfo@prod-eu: 6.0.2 rolled back' },
      metadata: { threadId: 'podinfo-6.0.2-0a1b2c3d-1', eventType: 'rolledBack' },
    });
  });

  it('has attributes to filter by', () => {
    expect(message.attributes).toEqual({
      service: 'podinfo@prod-eu',
      target: 'prod-eu',
      severity: 'error',
      phase: 'Failed',
    });
  });
});

it.each([
  ['start', {}, 'info', 'rollout begins', 'Progressing'],
  ['ask', {}, 'warn', 'waits for approval', 'WaitingPromotion'],
  ['promoted', { outcome: 'promoted' }, 'info', 'promoted', 'Succeeded'],
  ['rolledBack', { outcome: 'rejected' }, 'warn', 'rejected and rolled back', 'Failed'],
  ['rolledBack', { outcome: 'superseded' }, 'info', 'made room for a newer release', 'Failed'],
  ['refused', { outcome: 'refused' }, 'warn', 'refused, nothing was touched', 'Failed'],
  ['promotionFailed', { outcome: 'failed' }, 'error', 'promotion failed, the canary serves', 'Failed'],
  [
    'needsRescue',
    { outcome: 'failed' },
    'error',
    'needs rescue, traffic is not where it should be',
    'Failed',
  ],
  ['retireFailed', { outcome: 'promoted' }, 'warn', 'promoted, but the canary still has pods', 'Succeeded'],
] as const)('%s %o is %s: "%s"', (kind, change, severity, title, phase) => {
  const message = announcement(exampleTask(kind, change));
  expect(message).toMatchObject({
    severity,
    title: `podinfo@prod-eu: 6.0.2 ${title}`,
    attributes: { phase },
  });
  expect(message.text.includes('work without stepcanary')).toBe(severity !== 'info');
});

it('says how to answer a question', () => {
  const { text } = announcement(exampleTask('ask'));
  expect(text).toContain('npx stepcanary approve podinfo@prod-eu');
  expect(text).toContain('npx stepcanary reject podinfo@prod-eu');
  expect(text).toContain('Without an answer within 1d it is rolled back');
  expect(text).toContain('Serving now: podinfo-primary with 80 %, the canary with 20 %');
});

it("takes the sentence out of a function's error that the machine caught", () => {
  const Cause = JSON.stringify({
    errorType: 'Canary.Refused',
    errorMessage: 'no container podinfod',
    trace: [],
  });
  const task = exampleTask('refused', { reason: '', failure: { Error: 'Canary.Refused', Cause } });
  expect(announcement(task).text.split('\n')[2]).toBe('no container podinfod.');
});

it('keeps the canary serving in the lines of a failed promotion', () => {
  const { text } = announcement(exampleTask('promotionFailed', { weight: 100 }));
  expect(text).toContain('jq -c --arg safe podinfo-canary');
  expect(text).toContain('scale deployment/podinfo --replicas');
  expect(text).toContain('Serving now: podinfo (the canary, 6.0.2) with all traffic');
});

it('gives the side that the task names as safe all traffic', () => {
  const { text } = announcement(exampleTask('needsRescue', { safe: 'canary' }));
  expect(text).toContain('All traffic should be on podinfo, and the route takes no write.');
  expect(text).toContain('--arg safe podinfo-canary');
});

it('links into the console of the partition', () => {
  expect(
    linksOf(ARN.replace('arn:aws:', 'arn:aws-cn:').replace('eu-west-1', 'cn-north-1')).execution,
  ).toContain(
    'https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/arn:aws-cn:',
  );
});

it('quotes names that a shell would read otherwise', () => {
  const task = exampleTask('rolledBack');
  const { appMesh } = task.rollout.spec.router;
  const router = { ...task.rollout.spec.router, appMesh: { ...appMesh, route: "it's $(here)" } };
  const rollout = { ...task.rollout, spec: { ...task.rollout.spec, router } };
  expect(announcement({ ...task, rollout }).text).toContain(`--route-name 'it'\\''s $(here)'`);
});

describe("Slack's limits", () => {
  const long = fc.string({ maxLength: 6000, unit: 'grapheme' });
  const name = fc.string({ minLength: 1, maxLength: 255 });

  it('hold whatever the reason, the names and the announcement', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), long, name, name, (kind, reason, mesh, tag) => {
        const task = exampleTask(kind, { reason });
        const { spec } = task.rollout;
        const appMesh = { ...spec.router.appMesh, mesh, route: mesh, primary: mesh };
        const release = { ...task.rollout.release, tag, repository: mesh };
        const rollout = { ...task.rollout, release, spec: { ...spec, router: { ...spec.router, appMesh } } };
        const { slack, title } = announcement({ ...task, rollout });
        expect(title.length).toBeLessThanOrEqual(100);
        expect(slack.blocks.length).toBeLessThanOrEqual(50);
        for (const block of slack.blocks) {
          if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
          else if ('fields' in block) {
            expect(block.fields.length).toBeLessThanOrEqual(10);
            for (const { text } of block.fields) expect(text.length).toBeLessThanOrEqual(2000);
          } else expect(block.text.text.length).toBeLessThanOrEqual(3000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('hold for the longest names, every character escaped', () => {
    const worst = '&'.repeat(255);
    const task = exampleTask('rolledBack');
    const { spec } = task.rollout;
    const appMesh = { ...spec.router.appMesh, mesh: worst, virtualRouter: worst, route: worst };
    const release = { ...task.rollout.release, tag: 'a'.repeat(128) };
    const rollout = { ...task.rollout, release, spec: { ...spec, router: { ...spec.router, appMesh } } };
    const { slack, title } = announcement({ ...task, rollout });
    expect(title).toMatch(/… rolled back$/);
    expect(title).toHaveLength(100);
    const sections = slack.blocks.flatMap((block) =>
      block.type === 'section' && 'text' in block ? [block.text.text] : [],
    );
    const longest = Math.max(...sections.map(({ length }) => length));
    expect(longest).toBeGreaterThan(2900);
    expect(longest).toBeLessThanOrEqual(3000);
  });

  it('leave no half of an escaped character behind', () => {
    const { slack } = announcement(exampleTask('refused', { reason: '&'.repeat(5000) }));
    const texts = slack.blocks.flatMap((block) => ('text' in block ? [block.text.text] : []));
    for (const text of texts) expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });
});
