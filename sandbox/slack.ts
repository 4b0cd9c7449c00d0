import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock } from './clock.ts';
import { serverCertificate } from './kubernetes/certificate.ts';

/** A message that came by an incoming webhook. */
export interface SlackPost {
  /** What notifications show. */
  readonly text: string;
  /** Block Kit, as it was sent. */
  readonly blocks: readonly unknown[];
  /** Epoch milliseconds of the sandbox's time. */
  readonly at: number;
}

/** A stand-in for Slack's incoming webhooks. */
export interface Slack {
  /** The webhook's address, `https://127.0.0.1:PORT/services/…`: what a spec's secret holds. */
  readonly webhook: string;
  /** What clients have to trust, as PEM. */
  readonly caPem: string;
  close(): Promise<void>;
}

/** As a real one: three parts, which only those who post know. */
const PATH = '/services/T00000000/B00000000/sandbox';

const parsed = (body: string): { text?: unknown; blocks?: unknown } | undefined => {
  try {
    const message: unknown = JSON.parse(body);
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
};

/** Starts it on a free port; answers in Slack's words ("Sending messages using incoming webhooks"). */
export const startSlack = async ({
  clock,
  onPost,
}: {
  readonly clock: Pick<Clock, 'now'>;
  readonly onPost: (post: SlackPost) => void;
}): Promise<Slack> => {
  const { certPem, keyPem } = await serverCertificate();
  const server = createServer({ cert: certPem, key: keyPem }, async (request, response) => {
    const answer = (status: number, word: string) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end(word);
    const message = parsed(await text(request).catch(() => ''));
    if (request.url !== PATH || request.method !== 'POST') return answer(404, 'no_service');
    if (message === undefined) return answer(400, 'invalid_payload');
    const { text: notification, blocks } = message;
    if (typeof notification !== 'string' && !Array.isArray(blocks)) return answer(400, 'no_text');
    onPost({
      text: typeof notification === 'string' ? notification : '',
      blocks: Array.isArray(blocks) ? blocks : [],
      at: clock.now(),
    });
    return answer(200, 'ok');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve());
  });
  return {
    webhook: `https://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    caPem: certPem,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
