import { RealClock } from '../../clock.ts';
import { seededRandom, streamSeed } from '../../random.ts';
import { chooseRoute } from '../route-table.ts';
import { LoadGenerator } from './load-generator.ts';
import type { ConfigMessage, DataPlaneMessage, DataPlaneSettings } from './messages.ts';
import { type Answered, type Attempt, type Endpoint, WeightedProxy } from './weighted-proxy.ts';

/** Real milliseconds between reports. */
const REPORT_EVERY = 50;

const { seed, callers, scale, config: first } = JSON.parse(process.argv[2] ?? '{}') as DataPlaneSettings;
let config = first;
let attempts: Attempt[] = [];
let answers: Answered[] = [];

const send = (message: DataPlaneMessage): void => {
  if (process.connected) process.send?.(message);
};

const report = (): void => {
  if (attempts.length + answers.length > 0) send({ type: 'counts', attempts, answers });
  attempts = [];
  answers = [];
};

const podRandom = seededRandom(streamSeed(seed, 'pods'));

/** A ready pod of a node, each alike. */
const endpointOf = (node: string): Endpoint | undefined => {
  const pods = config.pods[node] ?? [];
  let at = podRandom() * pods.reduce((sum, { ready }) => sum + ready, 0);
  return pods.find(({ ready }) => {
    at -= ready;
    return at < 0;
  });
};

const proxy = new WeightedProxy({
  callers,
  route: (request) => chooseRoute(config.routes, request),
  endpointOf,
  random: seededRandom(streamSeed(seed, 'routing')),
  onAttempt: (attempt) => attempts.push(attempt),
  onAnswer: (answer) => answers.push(answer),
});

const origin = await proxy.listen();
const load = new LoadGenerator({ clock: new RealClock({ scale }), origin, callers, rps: config.rps });
load.start();
setInterval(report, REPORT_EVERY);

process.on('message', (message: ConfigMessage) => {
  config = message.config;
  load.setRps(config.rps);
  report();
  send({ type: 'applied', sequence: message.sequence });
});
// The parent's end, however it came, closes the channel: no data plane outlives the sandbox.
process.on('disconnect', () => process.exit(0));
// A Ctrl-C in the terminal reaches the whole group; the parent decides when its processes end.
process.on('SIGINT', () => {});

send({ type: 'listening', origin });
