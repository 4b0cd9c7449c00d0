import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CanaryError, ErrorName } from '../core/errors.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { parseSpec } from '../core/spec/parse.ts';
import { fromAws } from './aws-errors.ts';

/** A service as its stack deployed it: everything of an execution's input but the release. */
export type DeployedService = Omit<RolloutInput, 'release'>;

/** The parameter in which a service stack keeps the service. */
export const parameterName = (service: string): string => {
  const [name, target] = service.split('@');
  return `/stepcanary/${target}/${name}`;
};

/** Reads a deployed service. Throws Canary.InvalidInput when there is none, or when its spec is not one of this version. */
export const readService = async (service: string, client = new SSMClient()): Promise<DeployedService> => {
  const name = parameterName(service);
  const found = await client.send(new GetParameterCommand({ Name: name })).catch((error: Error) => {
    if (error.name === 'ParameterNotFound') {
      throw new CanaryError(
        ErrorName.InvalidInput,
        `${service}: no such service is deployed here; deploy its stack, or check the name`,
      );
    }
    return fromAws(`read the parameter ${name}`)(error);
  });
  const deployed = JSON.parse(found.Parameter?.Value ?? '{}') as DeployedService;
  const parsed = parseSpec(deployed.spec);
  if (!parsed.ok) throw new CanaryError(ErrorName.InvalidInput, `${name}: ${parsed.problems.join('; ')}`);
  return { ...deployed, spec: parsed.value };
};
