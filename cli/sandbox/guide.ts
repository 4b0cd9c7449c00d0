import { serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { ROLLOUTS } from '../services.ts';

/** What a person needs to know of a running sandbox. */
export interface Guided {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly kubeconfig: string;
  readonly services: readonly DeployableService[];
  readonly running: string;
  /** The folder that the specs were read from. */
  readonly rollouts: string;
}

/** Lines for a shell: from there on, stock clients talk to this sandbox. Any access key is the owner's. */
export const exportLines = ({ endpoint, region, kubeconfig }: Guided): string[] => [
  `export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`,
  `export KUBECONFIG=${kubeconfig}`,
];

/** What is printed once a sandbox runs. */
export const guide = (sandbox: Guided): string => {
  const { endpoint, region, account, services, running, rollouts } = sandbox;
  const [first] = services;
  const name = first === undefined ? '' : serviceAtTarget(first.spec);
  const folder = rollouts === ROLLOUTS ? '' : ` --rollouts ${rollouts}`;
  return [
    `A local AWS runs at ${endpoint}: ${region}, account ${account}, in real time, with no traffic of its own.`,
    ...services.map(({ spec }) => {
      const { repository, tags } = spec.trigger.ecr;
      return `  ${serviceAtTarget(spec)} runs ${running}; a push of ${tags.join(' or ')} to ${repository} starts a rollout`;
    }),
    '',
    'For another terminal:',
    ...exportLines(sandbox).map((line) => `  ${line}`),
    '',
    `  npx stepcanary doctor ${name}${folder}`,
    `  aws stepfunctions list-state-machines`,
    `  kubectl --namespace ${first?.spec.workload.namespace} get deployments`,
    '',
    'docs/outside.md drives a whole rollout, command by command. Ctrl-C ends it.',
    '',
  ].join('\n');
};
