import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { RolloutInput } from '../../lambdas/core/rollout.ts';
import { ENGINE, parameterName, serviceAtTarget } from '../names.ts';
import type { DeployableService } from '../rollouts.ts';
import { WrongRollouts } from '../targets.ts';

/** An advanced parameter holds 8 KB (Systems Manager, Parameter Store tiers). */
const PARAMETER_BYTES = 8192;
/** A role's name has at most 64 characters (IAM). */
const LONGEST_ROLE_NAME = 64;

type ServiceData = Omit<RolloutInput, 'release'>;

const dataOf = ({ spec, target }: DeployableService, roleArn: string): ServiceData => {
  const { vpc: _, ...where } = target;
  return { service: serviceAtTarget(spec), spec, target: where, roleArn };
};

/** Throws WrongRollouts when a service's data would not fit into its parameter, with the longest role's name. */
export const checkSize = (service: DeployableService): void => {
  const longestArn = `arn:aws-us-gov:iam::${service.target.account}:role${ENGINE.servicePath}${'x'.repeat(LONGEST_ROLE_NAME)}`;
  const bytes = Buffer.byteLength(JSON.stringify(dataOf(service, longestArn)));
  if (bytes > PARAMETER_BYTES)
    throw new WrongRollouts([
      `${service.file}: the file: must fit into a parameter of ${PARAMETER_BYTES} bytes, got ${bytes} bytes; shorten its longest lists`,
    ]);
};

/** A service's spec as data: what an execution gets as input, but for the release. */
export class SpecParameter extends StringParameter {
  constructor(scope: Construct, id: string, service: DeployableService, role: IRole) {
    super(scope, id, {
      parameterName: parameterName(service.spec),
      description: `stepcanary: how ${serviceAtTarget(service.spec)} is released`,
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: Stack.of(scope).toJsonString(dataOf(service, role.roleArn)),
    });
  }
}
