import { generate } from 'selfsigned';

/** A certificate that is its own CA, for 127.0.0.1 and localhost. */
export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

const DAY = 86_400_000;

const make = async (): Promise<Certificate> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'stepcanary sandbox' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // TLS clients check against the machine's own time, whatever time the sandbox lives in.
    notBeforeDate: new Date(Date.now() - DAY),
    notAfterDate: new Date(Date.now() + 365 * DAY),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { certPem: cert, keyPem: key };
};

let made: Promise<Certificate> | undefined;

/** The process's certificate: made once, so that tests and rehearsals with many servers pay for one key pair. */
export const serverCertificate = (): Promise<Certificate> => {
  made ??= make();
  return made;
};
