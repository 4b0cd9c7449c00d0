/** The running server, and how it is asked. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { prometheusClient } from '../../lambdas/adapters/prometheus/amazon.ts';
import type { PrometheusClient } from '../../lambdas/adapters/prometheus/client.ts';

const PATIENCE_MS = 20_000;
const LOOK_MS = 50;

/** Its address, from its own log. Throws when it has ended, or says none in time. */
export const addressOf = async (process: number, log: string): Promise<string> => {
  const since = performance.now();
  while (performance.now() - since < PATIENCE_MS) {
    const text = readFileSync(log, 'utf8');
    const [, address] = /msg="Listening on" address=(\S+)/.exec(text) ?? [];
    if (address !== undefined && text.includes('Server is ready')) return `http://${address}`;
    isRunning(process);
    await wait(LOOK_MS);
  }
  throw new Error(`the server said no address within ${PATIENCE_MS / 1000} s`);
};

/** Signal 0 asks whether it is there. */
const isRunning = (id: number): void => {
  process.kill(id, 0);
};

const nobody = async () => {
  throw new Error('nobody signs here');
};

/** As a function reads it. @param secret what the secret of its `auth` holds; none sends no credentials */
export const clientOf = (url: string, secret?: string): PrometheusClient =>
  prometheusClient(
    { url, ...(secret !== undefined && { auth: { secret: 'reader' } }) },
    { region: 'eu-west-1', credentials: nobody, secret: async () => secret ?? '' },
  );
