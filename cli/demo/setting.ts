import { fileURLToPath } from 'node:url';
import { type DeploymentTarget, readYaml } from '../../infra/targets.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import type { VersionBehaviour } from '../../sandbox/traffic/model/version.ts';
import { BadInput } from '../exit.ts';

const SPEC = fileURLToPath(new URL('./podinfo.yaml', import.meta.url));

/** Seconds of the sandbox's time in a second. */
export const SCALE = 6;

/** Requests a second of the sandbox's time: 150 a real second. */
export const RPS = 25;

/** Pods of the primary. */
export const REPLICAS = 2;

/** What the demo releases, in order, and how each is to end. */
export const RELEASES = [
  { version: '6.0.1', end: 'promoted', what: 'healthy' },
  { version: '6.0.2', end: 'rolledBack', what: 'answers 500s, and slowly' },
] as const;

/** What runs at first. */
export const RUNNING = '6.0.0';

const HEALTHY: VersionBehaviour = { errorRate: 0.001, latency: { medianMs: 30, sigma: 0.5 } };

/** How each version behaves. */
export const VERSIONS: Readonly<Record<string, VersionBehaviour>> = {
  [RUNNING]: HEALTHY,
  '6.0.1': HEALTHY,
  '6.0.2': { errorRate: 0.3, latency: { ...HEALTHY.latency, slowShare: 0.4, slowAddMs: 1500 } },
};

/** What a version does once somebody has broken it. */
export const BROKEN = { errorRate: 0.6 } as const;

/** A region, an account and a cluster that the demo makes up. */
export const TARGET: DeploymentTarget = {
  name: 'demo',
  region: 'eu-west-1',
  account: '111122223333',
  cluster: 'demo',
};

/** The demo's spec. Throws BadInput with every problem when somebody edited it wrongly. */
export const demoSpec = (): RolloutSpec => {
  const parsed = parseSpec(readYaml(SPEC));
  if (parsed.ok) return parsed.value;
  throw new BadInput(parsed.problems.map((problem) => `cli/demo/podinfo.yaml: ${problem}`));
};
