import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CanaryError, ErrorName } from '../core/errors.ts';
import { fromAws } from './aws-errors.ts';

/** Reads a secret's text. Throws Canary.InvalidInput where there is none of that name; no error holds the secret. */
export const readSecret = async (client: SecretsManagerClient, name: string): Promise<string> => {
  const secret = await client.send(new GetSecretValueCommand({ SecretId: name })).catch((error) => {
    if (error?.name === 'ResourceNotFoundException')
      throw new CanaryError(
        ErrorName.InvalidInput,
        `there is no secret "${name}" in this account and region: create it, or correct its name in the spec`,
      );
    return fromAws(`read the secret ${name}`)(error);
  });
  if (secret.SecretString === undefined)
    throw new CanaryError(
      ErrorName.InvalidInput,
      `the secret "${name}" must hold text, it holds binary data`,
    );
  return secret.SecretString;
};
