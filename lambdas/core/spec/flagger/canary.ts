import * as z from 'zod';

/** A key that is read only to say what became of it. */
const anything = () => z.unknown().optional();

const metric = z.object({
  name: z.string(),
  interval: z.string().optional(),
  thresholdRange: z.object({ min: z.number().optional(), max: z.number().optional() }).optional(),
  /** Deprecated in v1beta1, the only way in v1alpha3: a minimum for request-success-rate, else a maximum. */
  threshold: z.number().optional(),
  query: anything(),
  templateRef: anything(),
  templateVariables: anything(),
});

const webhook = z.object({
  name: z.string(),
  type: z.string().optional(),
  url: z.string(),
  timeout: z.string().optional(),
  retries: z.number().optional(),
  disableTLS: z.boolean().optional(),
  muteAlert: z.boolean().optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

const alert = z.object({
  name: z.string(),
  severity: z.string().optional(),
  providerRef: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
});

const analysis = z.object({
  interval: z.string().optional(),
  threshold: z.number().optional(),
  maxWeight: z.number().optional(),
  stepWeight: z.number().optional(),
  stepWeights: z.array(z.number()).optional(),
  stepWeightPromotion: z.number().optional(),
  iterations: z.number().optional(),
  match: anything(),
  mirror: anything(),
  mirrorWeight: anything(),
  sessionAffinity: anything(),
  primaryReadyThreshold: z.number().optional(),
  canaryReadyThreshold: z.number().optional(),
  metrics: z.array(metric).nullish(),
  webhooks: z.array(webhook).nullish(),
  alerts: z.array(alert).nullish(),
});

const service = z.object({
  name: z.string().optional(),
  port: z.number(),
  targetPort: z.union([z.number(), z.string()]).optional(),
  portName: z.string().optional(),
  timeout: z.string().optional(),
  retries: z
    .object({
      attempts: z.number().optional(),
      perTryTimeout: z.string().optional(),
      retryOn: z.string().optional(),
    })
    .optional(),
  match: z
    .array(z.looseObject({ uri: z.looseObject({ prefix: z.string().optional() }).optional() }))
    .optional(),
  meshName: z.string().optional(),
  appProtocol: anything(),
  portDiscovery: anything(),
  headless: anything(),
  trafficDistribution: anything(),
  apex: anything(),
  primary: anything(),
  canary: anything(),
  unmanagedMetadata: anything(),
  rewrite: anything(),
  backends: anything(),
  hosts: anything(),
  gateways: anything(),
  gatewayRefs: anything(),
  delegation: anything(),
  mirror: anything(),
  headers: anything(),
  corsPolicy: anything(),
  trafficPolicy: anything(),
  backendTimeout: anything(),
});

const reference = z.object({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  name: z.string(),
});

/**
 * A Flagger Canary as far as it is read: v1beta1 (CRD of Flagger 1.44) and v1alpha3, which says `canaryAnalysis`.
 * Unknown keys are dropped here, as the CRD's structural schema does, and found by `unknownKeys`.
 */
export const canary = z.object({
  apiVersion: z
    .enum(
      ['flagger.app/v1beta1', 'flagger.app/v1alpha3'],
      'must be flagger.app/v1beta1 or flagger.app/v1alpha3',
    )
    .default('flagger.app/v1beta1'),
  kind: z.literal('Canary', 'must be Canary').default('Canary'),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default('default') }),
  spec: z.object({
    provider: z.string().optional(),
    metricsServer: anything(),
    targetRef: reference,
    autoscalerRef: anything(),
    ingressRef: anything(),
    routeRef: anything(),
    upstreamRef: anything(),
    service,
    progressDeadlineSeconds: z.number().optional(),
    skipAnalysis: z.boolean().optional(),
    revertOnDeletion: z.boolean().optional(),
    suspend: z.boolean().optional(),
    analysis: analysis.optional(),
    canaryAnalysis: analysis.optional(),
  }),
});

/** A Canary whose fields have the right types. */
export type Canary = z.output<typeof canary>;
export type CanaryAnalysis = z.output<typeof analysis>;
export type CanaryService = z.output<typeof service>;

const BLOCKS = {
  spec: canary.shape.spec,
  service,
  analysis,
  canaryAnalysis: analysis,
  metrics: metric,
  webhooks: webhook,
  alerts: alert,
} as const;

const isBlock = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface UnknownKey {
  readonly path: string;
  /** The keys that are known there. */
  readonly known: readonly string[];
  readonly value: unknown;
}

const unknownIn = (block: keyof typeof BLOCKS, value: unknown, path: string): UnknownKey[] => {
  if (Array.isArray(value))
    return value.flatMap((item, index) => unknownIn(block, item, `${path}[${index}]`));
  if (!isBlock(value)) return [];
  const known = Object.keys(BLOCKS[block].shape);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!known.includes(key)) return [{ path: `${path}.${key}`, known, value: inner }];
    return key in BLOCKS ? unknownIn(key as keyof typeof BLOCKS, inner, `${path}.${key}`) : [];
  });
};

/** Keys of a written Canary that Flagger's CRD does not have. */
export const unknownKeys = (written: unknown): UnknownKey[] =>
  isBlock(written) ? unknownIn('spec', written.spec, 'spec') : [];
