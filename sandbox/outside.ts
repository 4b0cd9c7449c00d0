import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock } from './clock.ts';
import { type HookAnswers, hookIn, type OutsideAnswer } from './hook-answers.ts';

/** A request that left the sandbox. */
export interface OutsideCall {
  /** Where it was meant to go; a function's ARN where a hook is one. */
  readonly url: string;
  /** The hook that called, as its `Idempotency-Key` says: `EXECUTION/HOOK/TIME`. */
  readonly hook: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Epoch milliseconds of the sandbox's time. */
  readonly at: number;
}

/** All that is not the sandbox, in a rehearsal: every address that functions call answers here. */
export interface Outside {
  /** `http://127.0.0.1:PORT`: where requests to any other machine go, see `lambda/containers/runtime/outside.ts`. */
  readonly endpoint: string;
  /** From now on, calls of this hook are answered so; all others with 200. */
  answer(hook: string, answer: OutsideAnswer): void;
  close(): Promise<void>;
}

/** An answer of something out there that the sandbox has a model of. */
export interface ServedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A model of what is out there; undefined where it is not asked. */
export type Serve = (url: URL, headers: IncomingMessage['headers']) => ServedAnswer | undefined;

const respond = (response: ServerResponse, answer: OutsideAnswer): void => {
  switch (answer) {
    case 'hang':
      // Tells virtual time that nobody is at work on it.
      response.writeProcessing();
      return;
    case 'garbage':
      response.socket?.end('these are not the bytes of an answer\r\n\r\n');
      return;
    case 'redirect':
      response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end();
      return;
    default:
      response.writeHead(answer).end();
  }
};

/** Starts it on a free port of this machine. */
export const startOutside = async ({
  clock,
  answers,
  onCall,
  serve = () => undefined,
}: {
  readonly clock: Pick<Clock, 'now'>;
  readonly answers: HookAnswers;
  readonly onCall: (call: OutsideCall) => void;
  readonly serve?: Serve;
}): Promise<Outside> => {
  const server = createServer(async (request, response) => {
    const { headers } = request;
    const address = String(headers['sandbox-url'] ?? '');
    const served = URL.canParse(address) ? serve(new URL(address), headers) : undefined;
    if (served !== undefined) {
      response.writeHead(served.status, served.headers).end(served.body);
      return;
    }
    const hook = hookIn(headers['idempotency-key']);
    const body = await text(request).catch(() => '');
    onCall({ url: address, hook, headers, body, at: clock.now() });
    respond(response, answers.to(hook));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve());
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (hook, answer) => answers.say(hook, answer),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
