import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { formatDuration } from '../../core/spec/duration.ts';
import type { HookSpec } from '../../core/spec/hooks.ts';
import { type Answered, Unanswered } from './answer.ts';

/** More of an answer's body is not read: it is for people, and no hook may fill a function's memory. */
const MOST_BYTES = 4096;

/** One POST to a hook's address: no redirect is followed, and the whole of it ends with the hook's timeout. Throws Unanswered. */
export const postHook = (
  { url = '', timeout, disableTLS }: Pick<HookSpec, 'url' | 'timeout' | 'disableTLS'>,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const address = new URL(url);
    const options = {
      method: 'POST',
      // A connection of its own: what one hook leaves behind is no other's.
      agent: false,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      },
    };
    const call: ClientRequest =
      address.protocol === 'https:'
        ? requestHttps(address, { ...options, rejectUnauthorized: !disableTLS })
        : requestHttp(address, options);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
      call.destroy();
    };
    const timer = setTimeout(
      () => end(() => reject(new Unanswered(`did not answer within ${formatDuration(timeout)}`))),
      timeout * 1000,
    );
    call.once('error', (error: NodeJS.ErrnoException) =>
      end(() => reject(new Unanswered(`could not be called (${error.code ?? error.name})`))),
    );
    call.once('response', (response) => {
      const { statusCode: status = 0 } = response;
      const { location } = response.headers;
      let text = '';
      const done = () => end(() => resolve({ status, text, ...(location !== undefined && { location }) }));
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length >= MOST_BYTES) done();
      });
      response.once('end', done);
      // The code is the answer, also where the rest of it got lost.
      response.once('error', done);
    });
    call.end(body);
  });
