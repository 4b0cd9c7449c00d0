import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';

/** Whole queries with their answers take no longer. */
export const TIMEOUT_MS = 5_000;

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One GET; rejects where no answer came. No redirect is followed: it would take credentials to another host. */
export type Send = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Answer>;

const textOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** @param ca PEM certificates to trust instead of the public authorities */
export const overHttp = (ca?: string): Send => {
  const agent = ca === undefined ? undefined : new Agent({ ca, keepAlive: true });
  return (url, headers) =>
    new Promise((resolve, reject) => {
      const options = { method: 'GET', headers, ...(agent && { agent }) };
      const call: ClientRequest =
        url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
      const timer = setTimeout(
        () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
        TIMEOUT_MS,
      );
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      call.once('error', fail);
      call.once('response', (response) => {
        textOf(response).then((text) => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, text });
        }, fail);
      });
      call.end();
    });
};
