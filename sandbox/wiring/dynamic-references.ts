import type { DynamicReference } from '../cloudformation/deploy.ts';
import type { ApiCall } from './api-calls.ts';

/** The version of the bootstrap stack that templates ask for at least; newer than any of them needs. */
const BOOTSTRAP_VERSION = '99';

/** Values that templates leave to SSM and Secrets Manager: `{{resolve:ssm:NAME}}`, `{{resolve:secretsmanager:ID:SecretString:KEY}}`. */
export const dynamicReferences =
  (call: ApiCall): DynamicReference =>
  async (service, reference) => {
    if (service === 'secretsmanager') {
      const [, SecretId = '', key] = /^(.*?)(?::SecretString(?::([^:]*).*)?)?$/.exec(reference) ?? [];
      const { SecretString } = await call('secretsmanager', 'GetSecretValue', { SecretId });
      return key ? String(JSON.parse(String(SecretString))[key]) : String(SecretString);
    }
    if (/^\/cdk-bootstrap\/[^/]+\/version$/.test(reference)) return BOOTSTRAP_VERSION;
    const Name = reference.replace(/:\d+$/, '');
    const { Parameter } = await call('ssm', 'GetParameter', { Name, WithDecryption: true });
    return String((Parameter as { Value?: string }).Value);
  };
