import type { SandboxObserver } from '../../sandbox/options.ts';
import { BadInput } from '../exit.ts';
import { imageTag } from '../image-tag.ts';
import { guide } from '../sandbox/guide.ts';
import { writeKubeconfig } from '../sandbox/kubeconfig-file.ts';
import { servicesHere } from '../sandbox/services-here.ts';
import { type Ending, listenForEnd } from '../sandbox/until-ended.ts';

/** What the command line says. */
export interface SandboxCommandOptions {
  readonly port: string;
  readonly rollouts: string;
  readonly target?: string;
  readonly running: string;
}

const portOf = (text: string): number => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new BadInput([`--port: must be 0 (any free port) to 65535, got "${text}"`]);
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sayAt = (at: number, line: string): void => say(`${new Date(at).toISOString().slice(11, 19)} ${line}`);

/** What happens in the sandbox while nobody asks: executions, what people are told, and what the sandbox cannot do. */
const observer: SandboxObserver = {
  execution: ({ at, name, status, error, cause }) => {
    const why = error === undefined ? '' : ` ${error}: ${cause?.split('\n')[0]}`;
    sayAt(at, `${name} ${status}${why}`);
  },
  message: ({ at, topicArn, subject }) => sayAt(at, `message to ${topicArn.split(':').at(-1)}: ${subject}`),
  log: (line) => void process.stderr.write(`${line}\n`),
};

const untilEnded = ({ signal }: Ending): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** `stepcanary sandbox`: the local AWS, until Ctrl-C; a second one does not wait for an orderly end. */
export const sandbox = async (options: SandboxCommandOptions): Promise<void> => {
  const port = portOf(options.port);
  const running = imageTag('--running', options.running);
  const { services, elsewhere } = servicesHere(options.rollouts, options.target);
  const ending = listenForEnd();
  say('Building and starting …');
  const { startServices } = await import('../sandbox/start.ts');
  const started = await startServices({ services, port, running, observer }).catch((error: unknown) => {
    // Ctrl-C reaches the bundler's process too: that its work broke off is no news then.
    if (ending.signal.aborted) return undefined;
    throw error;
  });
  if (started === undefined) {
    ending.release();
    return say('Ending.');
  }
  const kubeconfig = writeKubeconfig(started.sandbox.kubeconfig);
  process.once('exit', kubeconfig.remove);
  try {
    const { endpoint, region, account } = started.sandbox;
    if (started.portTaken) say(`Port ${port} is taken, by another sandbox perhaps: this one has another.`);
    for (const name of elsewhere)
      say(`${name} is left out: it is in another account or region; see --target.`);
    if (!ending.signal.aborted)
      say(
        guide({
          endpoint,
          region,
          account,
          kubeconfig: kubeconfig.path,
          services,
          running,
          rollouts: options.rollouts,
        }),
      );
    await untilEnded(ending);
    say('Ending.');
  } finally {
    await started.close();
    kubeconfig.remove();
    ending.release();
  }
};
