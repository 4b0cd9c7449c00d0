import { createHash } from 'node:crypto';

/** An ARN in the `aws` partition. */
export const arnOf = (service: string, region: string, account: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** The last part of an ARN, or the text itself when it is no ARN. */
export const resourceOfArn = (text: string): string =>
  text.startsWith('arn:') ? text.split(':').slice(5).join(':') : text;

/** Letters and digits that look random and are the same for the same text. */
export const digestOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** A version 4 UUID made of a text's digest: the same run has the same ids. */
export function uuidOf(text: string): string {
  const hex = digestOf(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Secrets Manager ends every secret's ARN in a hyphen and six characters of its own. */
export const secretArn = (region: string, account: string, name: string): string =>
  arnOf(
    'secretsmanager',
    region,
    account,
    `secret:${name}-${digestOf(`secret ${region} ${account} ${name}`, 6)}`,
  );

/** The ARN of an EKS access entry: it ends in an id of its own. */
export function accessEntryArn(
  region: string,
  account: string,
  cluster: string,
  principalArn: string,
): string {
  const [, , , , principalAccount = account, resource = ''] = principalArn.split(':');
  const [kind = '', ...name] = resource.split('/');
  const id = uuidOf(`access entry ${cluster} ${principalArn}`);
  return arnOf(
    'eks',
    region,
    account,
    `access-entry/${cluster}/${kind}/${principalAccount}/${name.join('/')}/${id}`,
  );
}
