import * as z from 'zod';
import { analysis } from './analysis-schema.ts';
import { configTracking } from './config-tracking-schema.ts';
import { duration } from './duration-schema.ts';
import { freeze } from './freeze.ts';
import { gates } from './gates.ts';
import { hooks } from './hooks-schema.ts';
import { kubernetesName, meshName } from './names.ts';
import { strategy } from './strategy-schema.ts';
import { tagPattern } from './tags.ts';

/** Execution names have 80 characters: service and target up to 30 each, digest 8, attempt and dashes, and the rest for the tag. */
const SERVICE_LENGTH = 30;
const serviceName = () =>
  z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must have lower-case letters, digits and - only')
    .max(SERVICE_LENGTH, `must have at most ${SERVICE_LENGTH} characters`);

const trigger = z.strictObject({
  ecr: z.strictObject({
    repository: z
      .string()
      .regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'must be an ECR repository name, such as team/podinfo'),
    tags: z.array(tagPattern()).default(['*']),
  }),
  /** Somebody changes the canary's pod template (kubectl, GitOps): that is the release. */
  template: z.boolean().default(false),
});

const workload = z.strictObject({
  namespace: kubernetesName(),
  primary: kubernetesName(),
  canary: kubernetesName(),
  container: kubernetesName(),
  promotion: z.literal('copy', 'must be copy').default('copy'),
  configTracking: configTracking(),
});

const router = z.strictObject({
  appMesh: z.strictObject({
    mesh: meshName(),
    meshOwner: z
      .string()
      .regex(/^\d{12}$/, 'must be an account number of twelve digits')
      .optional(),
    virtualRouter: meshName(),
    route: meshName(),
    primary: meshName(),
    canary: meshName(),
    owner: z.literal('api', 'must be api'),
  }),
  settle: duration({ min: 0, max: 1800 }).default(60),
});

/** A rollout spec, as `rollouts/NAME.yaml` says it. Parsing turns durations into seconds; parsing twice changes nothing. */
export const rolloutSpec = z.strictObject({
  service: serviceName(),
  target: serviceName(),
  trigger,
  workload,
  router,
  strategy,
  analysis,
  /** Promotes as soon as the canary's pods are ready. */
  skipAnalysis: z.boolean().default(false),
  onNewer: z.enum(['queueLatest', 'supersede']).default('queueLatest'),
  capacity: z.enum(['match', 'full'], 'must be match or full').default('match'),
  freeze: freeze(),
  gates: gates(),
  hooks: hooks(),
  alerts: z
    .strictObject({
      sns: z.boolean().default(true),
      slack: z.strictObject({ secret: z.string().min(1, 'must name a secret').max(512) }).optional(),
    })
    .default({ sns: true }),
});

/** A parsed spec: durations in seconds, latency limits in milliseconds, weights in percent. */
export type RolloutSpec = z.output<typeof rolloutSpec>;
export type MetricSpec = RolloutSpec['analysis']['metrics'][number];
