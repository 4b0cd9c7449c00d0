import { createHash } from 'node:crypto';

/** As long as a spec's `service` may be; Kubernetes allows 253 for a Canary. */
const MOST = 30;
const DIGITS = 8;

/** A service's name from a Canary's: without dots, and cut to 30 characters, the last of them from a hash of the whole. */
export const serviceNameOf = (name: string): string => {
  const plain = name.replaceAll('.', '-');
  if (plain.length <= MOST) return plain;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGITS);
  return `${plain.slice(0, MOST - DIGITS - 1).replace(/-+$/, '')}-${digest}`;
};
