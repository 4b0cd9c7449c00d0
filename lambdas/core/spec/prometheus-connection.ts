import * as z from 'zod';
import { headers } from './hooks-schema.ts';

const secretName = () =>
  z.string().regex(/^[A-Za-z0-9/_+=.@:-]{1,512}$/, 'must be the name or ARN of a secret in Secrets Manager');

/** Which Prometheus server, and how it lets one in. */
export const connection = {
  workspace: z
    .string()
    .regex(
      /^ws-[0-9a-z-]{8,60}$/,
      'must be a workspace of Amazon Managed Service for Prometheus, such as ws-0a1b2c3d-…',
    )
    .optional(),
  url: z
    .url({ protocol: /^https?$/, error: 'must be a URL, such as https://prometheus.example.com' })
    .refine((text) => !/^[^/]*\/\/[^/]*@/.test(text), 'must have no user and password: name a secret in auth')
    .optional(),
  /** A secret that holds a bearer token, or user name and password. */
  auth: z.strictObject({ secret: secretName() }).optional(),
  headers: headers().optional(),
  /** PEM certificates that the server's own is signed by. */
  ca: z
    .string()
    .regex(
      /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/,
      'must be certificates in PEM, beginning with -----BEGIN CERTIFICATE-----',
    )
    .optional(),
};

interface Server {
  readonly workspace?: string | undefined;
  readonly url?: string | undefined;
  readonly auth?: object | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly ca?: string | undefined;
}

/** One server; a workspace is read with the service's role, and nothing else. */
export const exactlyOneServer = ({
  value,
  issues,
}: {
  value: Server;
  issues: z.core.$ZodRawIssue[];
}): void => {
  const { workspace, url, auth, headers: sent, ca } = value;
  const say = (message: string, ...path: string[]) =>
    issues.push({ code: 'custom', message, input: value, ...(path.length > 0 && { path }) });
  if ((workspace === undefined) === (url === undefined)) say('must have either workspace or url');
  if (workspace !== undefined) {
    for (const [key, given] of Object.entries({ auth, headers: sent, ca }))
      if (given !== undefined)
        say("must stand with url only: a workspace is read with the service's role", key);
    return;
  }
  if (auth !== undefined && Object.keys(sent ?? {}).some((name) => name.toLowerCase() === 'authorization'))
    say('must not stand beside auth, which sends it', 'headers', 'Authorization');
  if (ca !== undefined && url?.startsWith('http:') === true) say('must stand with an https url only', 'ca');
};
