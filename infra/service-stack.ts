import { Stack, type StackProps } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import { kubernetesGroup, serviceAtTarget } from './names.ts';
import type { DeployableService } from './rollouts.ts';
import { ServiceRole } from './service/service-role.ts';
import { SpecParameter } from './service/spec-parameter.ts';
import { StartRule } from './service/start-rule.ts';

/** What a service's stack is made from. */
export interface ServiceStackProps extends StackProps {
  readonly service: DeployableService;
}

/** All that one service adds to the engine: its role, its access to the cluster, its spec as data, its rule. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { service, ...props }: ServiceStackProps) {
    const { spec, target } = service;
    super(scope, id, { description: `stepcanary: canary releases of ${serviceAtTarget(spec)}`, ...props });
    const role = new ServiceRole(this, 'Role', service);
    // The higher-level construct cannot give groups (aws-cdk issue 30604). AWS's own policies know no custom resources.
    new CfnAccessEntry(this, 'ClusterAccess', {
      clusterName: target.cluster,
      principalArn: role.roleArn,
      kubernetesGroups: [kubernetesGroup(spec)],
    });
    new SpecParameter(this, 'Spec', service, role);
    new StartRule(this, 'Start', { spec });
  }
}
