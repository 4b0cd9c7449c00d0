import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

let caFile: string | undefined;
let trusted: string | undefined;

/** The certificates in this file are trusted beside the usual ones, as with NODE_EXTRA_CA_CERTS. */
export const setSandboxCertificates = (file: string | undefined): void => {
  caFile = file;
};

/** Makes it so before a connection; not at once, as all usual certificates are read anew, and few sandboxes need it. */
export const trustSandbox = (): void => {
  const pem = caFile === undefined ? '' : readFileSync(caFile, 'utf8');
  if (pem === (trusted ?? '')) return;
  setDefaultCACertificates([...getCACertificates('bundled'), ...(pem === '' ? [] : [pem])]);
  trusted = pem;
};
