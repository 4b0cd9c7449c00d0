import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exp, normalQuantile } from '../../exact-math.ts';
import { seededRandom } from '../../random.ts';
import type { VersionBehaviour } from '../model/version.ts';

/** What the parent tells the server at its start, and again when the version is to behave differently. */
export interface PodinfoSettings {
  readonly version: string;
  readonly color: string;
  readonly behaviour: VersionBehaviour;
}

/** Longest wait that /delay takes, seconds. */
const LONGEST_DELAY = 60;

let settings = JSON.parse(process.argv[2] ?? '{}') as PodinfoSettings;
const random = seededRandom(settings.version);
let ready = true;

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const latency = (): number => {
  const { medianMs, sigma, slowShare = 0, slowAddMs = 0 } = settings.behaviour.latency;
  const uniform = Math.min(Math.max(random(), 1e-6), 1 - 1e-6);
  return medianMs * exp(sigma * normalQuantile(uniform)) + (random() < slowShare ? slowAddMs : 0);
};

const home = (response: ServerResponse): void => {
  const fails = random() < settings.behaviour.errorRate;
  const { version, color } = settings;
  const body = fails
    ? { code: 500, message: 'Internal Server Error' }
    : { hostname: `podinfo-${version}`, version, color, message: `greetings from podinfo v${version}` };
  setTimeout(() => answer(response, fails ? 500 : 200, body), latency());
};

/** By the first part of the path; `argument` is the second. */
const ENDPOINTS: Readonly<Record<string, (response: ServerResponse, argument: string | undefined) => void>> =
  {
    '': home,
    healthz: (response) => answer(response, 200, { status: 'OK' }),
    version: (response) => answer(response, 200, { version: settings.version }),
    readyz: (response, argument) => {
      if (argument !== undefined) ready = argument === 'enable';
      if (argument !== undefined) answer(response, 202, {});
      else answer(response, ready ? 200 : 503, { status: ready ? 'OK' : 'NOT READY' });
    },
    status: (response, argument) => {
      const status = Number(argument);
      const known = Number.isInteger(status) && status >= 200 && status < 600;
      answer(response, known ? status : 400, { status: known ? status : `${argument} is not a status` });
    },
    delay: (response, argument) => {
      const seconds = Math.min(Number(argument) || 0, LONGEST_DELAY);
      setTimeout(() => answer(response, 200, { delay: seconds }), seconds * 1_000);
    },
  };

const handle = (request: IncomingMessage, response: ServerResponse): void => {
  const [path = ''] = (request.url ?? '/').split('?');
  const [, name = '', argument] = path.split('/');
  const endpoint = ENDPOINTS[name];
  if (endpoint === undefined) answer(response, 404, { code: 404, message: `${path} is not here` });
  else endpoint(response, argument);
};

const server = createServer(handle);
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

process.on('message', (message: PodinfoSettings) => {
  settings = message;
});
// The parent's end, however it came, closes the channel: no server outlives the sandbox.
process.on('disconnect', () => process.exit(0));
// A Ctrl-C in the terminal reaches the whole group; the parent decides when its servers end.
process.on('SIGINT', () => {});
