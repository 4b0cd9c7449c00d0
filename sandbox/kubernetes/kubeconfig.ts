import { stringify } from 'yaml';

/** A kubeconfig with one cluster, one user and one context, all named `sandbox`. */
export const kubeconfig = ({
  endpoint,
  caPem,
  token,
}: {
  endpoint: string;
  caPem: string;
  token: string;
}): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'sandbox',
    clusters: [
      {
        name: 'sandbox',
        cluster: { server: endpoint, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
      },
    ],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } }],
  });
