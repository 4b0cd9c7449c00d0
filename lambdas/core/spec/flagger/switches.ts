import { nearest } from '../nearest.ts';
import type { Canary, CanaryAnalysis } from './canary.ts';
import type { Findings } from './findings.ts';

/** The providers of Flagger 1.44 (CRD enum). */
const PROVIDERS = [
  'apisix',
  'appmesh',
  'appmesh:v1beta1',
  'appmesh:v1beta2',
  'contour',
  'gatewayapi:v1',
  'gatewayapi:v1beta1',
  'gloo',
  'istio',
  'knative',
  'kubernetes',
  'kuma',
  'linkerd',
  'nginx',
  'osm',
  'skipper',
  'smi:v1alpha1',
  'smi:v1alpha2',
  'smi:v1alpha3',
  'traefik',
];

const readProvider = (provider: string | undefined, findings: Findings): void => {
  if (provider === undefined || provider.startsWith('appmesh')) return;
  if (!PROVIDERS.includes(provider)) {
    const meant = nearest(provider, PROVIDERS);
    findings.problem(
      'spec.provider',
      'is no provider of Flagger',
      provider,
      meant === undefined ? `known: ${PROVIDERS.join(', ')}` : `did you mean ${meant}?`,
    );
  } else if (provider === 'kubernetes')
    findings.note(
      'spec.provider',
      'kubernetes has no router: it becomes blue/green, and other than with Flagger all traffic goes to the canary once before promotion; the spec names an App Mesh route that you have to make',
    );
  else
    findings.note(
      'spec.provider',
      `${provider} is not a router here: the analysis is taken over, and the spec names an App Mesh route that you have to make`,
    );
};

const readTarget = (
  { targetRef: { kind = 'Deployment', name } }: Canary['spec'],
  findings: Findings,
): void => {
  if (kind !== 'Deployment')
    findings.problem('spec.targetRef.kind', 'must be Deployment', kind, `put ${name} in a Deployment`);
};

const SWITCHES: readonly { key: keyof Canary['spec']; when: (value: unknown) => boolean; text: string }[] = [
  {
    key: 'suspend',
    when: (value) => value === true,
    text: 'becomes a freeze until 2100: take it out of the spec to release again',
  },
  {
    key: 'revertOnDeletion',
    when: (value) => value === true,
    text: 'left out: nothing in the cluster belongs to stepcanary, so there is nothing to revert when its spec goes',
  },
  {
    key: 'metricsServer',
    when: () => true,
    text: 'read for inline queries only: analysis.source says where metrics are; with --prometheus URL it is a Prometheus',
  },
  {
    key: 'autoscalerRef',
    when: () => true,
    text: 'not in the spec: autoscalers of both Deployments are found by themselves, and kept at the floor while a rollout runs',
  },
];
const OF_OTHER_ROUTERS = ['ingressRef', 'routeRef', 'upstreamRef'] as const;

/** Reads what switches Flagger's behaviour; notes what has no key here. */
export const readSwitches = ({ spec }: Canary, findings: Findings): void => {
  readProvider(spec.provider, findings);
  readTarget(spec, findings);
  for (const { key, when, text } of SWITCHES)
    if (spec[key] !== undefined && when(spec[key])) findings.note(`spec.${key}`, text);
  for (const key of OF_OTHER_ROUTERS)
    if (spec[key] !== undefined)
      findings.note(`spec.${key}`, 'left out: it belongs to a router that is not there');
  if (spec.progressDeadlineSeconds !== undefined)
    findings.note(
      'spec.progressDeadlineSeconds',
      `not in the spec: set progressDeadlineSeconds: ${spec.progressDeadlineSeconds} on Deployment ${spec.targetRef.name}, where it is read`,
    );
};

/** Reads thresholds of ready pods, and alerts. */
export const readAnalysisSwitches = (analysis: CanaryAnalysis, path: string, findings: Findings): void => {
  for (const key of ['primaryReadyThreshold', 'canaryReadyThreshold'] as const)
    if ((analysis[key] ?? 100) !== 100)
      findings.note(`${path}.${key}`, `left out: all pods must be ready, not only ${analysis[key]} %`);
  analysis.alerts?.forEach(({ name, providerRef }, index) => {
    const provider = providerRef === undefined ? '' : ` (AlertProvider ${providerRef.name})`;
    findings.note(
      `${path}.alerts[${index}]`,
      `${name}${provider} becomes the engine's topic (alerts.sns); for Slack, name the secret with the webhook in alerts.slack.secret`,
    );
  });
};
