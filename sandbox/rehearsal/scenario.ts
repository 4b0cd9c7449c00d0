import { z } from 'zod';
import { duration } from '../../lambdas/core/spec/duration-schema.ts';
import { resourceOfKind } from '../kubernetes/resources.ts';
import { configChanges, configs } from './configs.ts';
import { perSecond, rate, time, traffic, users } from './traffic-schema.ts';

const latency = z.strictObject({
  medianMs: z.number().positive('must be above 0').default(50),
  /** Of the lognormal: 0.6 puts P99 at four times the median. */
  sigma: z.number().min(0, 'must not be negative').max(3, 'must be 3 or less').default(0.6),
  slowShare: rate().default(0),
  slowAddMs: z.number().min(0, 'must not be negative').default(0),
});

const behaviour = {
  errorRate: rate(),
  latency: latency,
  readyAfter: time(),
  pods: z.enum(['ok', 'crash-loop', 'image-pull', 'never-ready', 'unschedulable']),
  podRps: perSecond(),
};

const version = z.strictObject({
  errorRate: behaviour.errorRate.default(0.001),
  latency: behaviour.latency.default({ medianMs: 50, sigma: 0.6, slowShare: 0, slowAddMs: 0 }),
  readyAfter: behaviour.readyAfter.default(5),
  pods: behaviour.pods.default('ok'),
  podRps: behaviour.podRps.optional(),
  /** For so long after a pod has gone the callers' proxies still send it requests, which are lost. */
  staleFor: time().default(0),
  /** Of pods that run this version's image and have read this configuration; others behave as the image's own entry says. */
  of: z.string().optional(),
  config: configs().optional(),
});
const change = z.strictObject(behaviour).partial();

const COMMANDS = [
  'approve',
  'reject',
  'pause',
  'resume',
  'promote',
  'abort',
  'undo',
  'freeze',
  'unfreeze',
  'stop-execution',
] as const;

/** What an entry of the timeline can do; exactly one of these keys stands in each. */
export const actions = {
  push: z.string(),
  start: z.string(),
  template: z.string(),
  config: configChanges(),
  incident: z.strictObject({
    errorRate: rate(),
    for: time().optional(),
    versions: z.array(z.string()).optional(),
  }),
  behave: z.record(z.string(), change),
  direct: z.strictObject({ rps: perSecond(), to: z.enum(['canary', 'primary']), for: time() }),
  metrics: z
    .strictObject({ state: z.enum(['missing', 'late']), by: time().optional(), for: time().optional() })
    .refine(
      ({ state, by }) => (state === 'late') === (by !== undefined),
      'must have `by` with late, and with late only',
    ),
  /** A number of the service's own, from now on: a CloudWatch metric, and a gauge at every Prometheus. */
  gauge: z.strictObject({
    name: z.string().min(1, 'must not be empty'),
    namespace: z.string().min(1, 'must not be empty').default('Rehearsal'),
    labels: z.record(z.string(), z.string()).default({}),
    value: z.number(),
    for: time().optional(),
  }),
  command: z.enum(COMMANDS),
  fault: z
    .strictObject({
      call: z
        .string()
        .regex(/^[a-z-]+\.[A-Za-z./]+$/, 'must be service.Operation, such as appmesh.UpdateRoute'),
      error: z
        .string()
        .regex(
          /^([A-Z][A-Za-z.]*|hang|reset)$/,
          'must be the name of an error, such as Conflict, or hang or reset',
        ),
      times: z.number().int('must be a whole number').min(1, 'must be 1 or more').default(1),
      when: z.enum(['before', 'after', 'late']).default('before'),
      by: time().optional(),
    })
    .refine(
      ({ when, by }) => (when === 'late') === (by !== undefined),
      'must have `by` with when: late, and with late only',
    ),
  crash: z.string(),
  route: z.strictObject({
    canary: z.number().int('must be a whole percent').min(0, 'must be 0 to 100').max(100, 'must be 0 to 100'),
  }),
  deployment: z.record(z.string(), z.unknown()),
  hook: z.strictObject({
    name: z.string(),
    answers: z.union(
      [z.number().int().min(200).max(599), z.enum(['hang', 'garbage', 'redirect'])],
      'must be a status code of 200 to 599, hang, garbage or redirect',
    ),
  }),
};
const NAMES = Object.keys(actions) as (keyof typeof actions)[];

const entry = z
  .strictObject({
    at: time(),
    by: z.string().optional(),
    duplicate: z.boolean().optional(),
    service: z.string().optional(),
    ...actions,
  })
  .partial({
    ...(Object.fromEntries(NAMES.map((name) => [name, true])) as { [name in keyof typeof actions]: true }),
  })
  .refine(
    (value) => NAMES.filter((name) => value[name] !== undefined).length === 1,
    `must have exactly one of ${NAMES.join(', ')}`,
  )
  .refine(
    ({ duplicate, push, start, template }) =>
      duplicate === undefined || (push ?? start ?? template) !== undefined,
    'must have `duplicate` with push, start or template only',
  );

const OUTCOMES = [
  'promoted',
  'rolledBack',
  'rejected',
  'superseded',
  'skipped',
  'failed',
  'running',
] as const;
const expectation = z.strictObject({
  outcome: z.enum(OUTCOMES).optional(),
  reasonContains: z.string().optional(),
  failedRequestsAtMost: z.number().min(0).optional(),
  finalVersion: z.string().optional(),
  /** The canary's weights one after the other, from the first change on. */
  weights: z.array(z.number()).optional(),
  /** All events in order, each a part of `120s Progressing: Advance …`; `...` stands for any number of others. */
  events: z.array(z.string()).optional(),
  /** Values that every pod of the primary has read at the end, in its own copies or the objects themselves. */
  primaryReads: configs().optional(),
});

/** A Kubernetes object, whole or in part. */
const manifest = z
  .looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
  .refine(
    ({ apiVersion, kind }) => resourceOfKind(apiVersion, kind) !== undefined,
    'must be of a kind that the sandbox has, such as autoscaling/v2 HorizontalPodAutoscaler',
  );

/** A scenario file: what happens to a service's rollouts, told on a timeline (design, section 10). Keys are added, never changed. */
export const scenario = z.strictObject({
  name: z.string().min(1, 'must not be empty'),
  seed: z.union([z.number(), z.string()]).default(1),
  rollout: z.string().optional(),
  spec: z.record(z.string(), z.unknown()).optional(),
  /** A Flagger Canary, a list of manifests with one, YAML as a text, or the name of a file with it. */
  flagger: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown()), z.string()], 'must be a Flagger Canary')
    .optional(),
  judge: z.enum(['threshold', 'sequential']).optional(),
  running: z.string().default('6.0.0'),
  traffic: traffic.default({ rps: 20 }),
  /** Whose requests they are; without it a tenth are of those that an A/B spec matches. */
  users: users.optional(),
  metrics: z
    .strictObject({ period: duration({ min: 1, max: 86_400 }).default(60), delay: time().default(0) })
    .default({ period: 60, delay: 0 }),
  versions: z.record(z.string(), version).default({}),
  /** ConfigMaps (in their environment) and Secrets (in a volume) that the service's pods read. */
  config: configs().default({}),
  /** Objects that are in the cluster beside the service's own: autoscalers, a PodDisruptionBudget. */
  cluster: z.array(manifest).default([]),
  /** A GitOps controller, which applies these objects again and again. */
  gitops: z
    .strictObject({
      manager: z.string().default('kustomize-controller'),
      every: duration({ min: 1, max: 3600 }).default(3),
      manifests: z.array(manifest).min(1, 'must have at least one entry'),
    })
    .optional(),
  timeline: z.array(entry).min(1, 'must have at least one entry'),
  until: time().default(3 * 3600),
  expect: z.union([expectation, z.array(expectation)]).optional(),
});

export type Scenario = z.output<typeof scenario>;
export type TimelineEntry = Scenario['timeline'][number];
export type VersionBehaviour = Scenario['versions'][string];
export type Expectation = z.output<typeof expectation>;
export type ScenarioOutcome = (typeof OUTCOMES)[number];

/** The behaviour of a version that the scenario does not describe: that of 6.0.0 in the format's own example. */
export const defaultBehaviour = (): VersionBehaviour => version.parse({});

/** How pods of a version fare that start at `seconds` since 0 s: what the version says, and what changed since then. */
export const podsAt = (
  { versions, timeline }: Scenario,
  name: string,
  seconds: number,
): Pick<VersionBehaviour, 'pods' | 'readyAfter'> => {
  const { pods, readyAfter } = versions[name] ?? defaultBehaviour();
  const changes = timeline
    .filter(({ at, behave }) => at <= seconds && behave?.[name] !== undefined)
    .sort((a, b) => a.at - b.at)
    .map(({ behave }) => behave?.[name] ?? {});
  return changes.reduce<Pick<VersionBehaviour, 'pods' | 'readyAfter'>>(
    (before, change) => ({
      pods: change.pods ?? before.pods,
      readyAfter: change.readyAfter ?? before.readyAfter,
    }),
    { pods, readyAfter },
  );
};
