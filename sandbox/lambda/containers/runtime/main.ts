/**
 * The host process of a sandbox in virtual time: carries all of its functions, each in a container of its own, and serves
 * the next sandbox when that one has ended. Compiled code stays; what a container knew does not.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FromHost, ToHost } from '../messages.ts';
import { Container } from './container.ts';
import { owner } from './owner.ts';
import { watchRequests } from './requests.ts';
import { setSandboxCertificates } from './trust.ts';

const containers = new Map<number, Container>();

const send = (message: FromHost): void => {
  process.send?.(message);
};

const drop = (id: number): void => {
  containers.get(id)?.end();
  containers.delete(id);
};

const start = (message: Extract<ToHost, { kind: 'start' }>): void => {
  const container = new Container(message.id, message.start, send);
  containers.set(message.id, container);
  void container.load();
};

// Not the flag of the command line, which would give it to the functions.
setFlagsFromString('--expose-gc');
const collectYoung = runInNewContext('() => gc({ type: "minor" })') as () => void;

const reset = (): void => {
  for (const id of [...containers.keys()]) drop(id);
  // Now that almost nothing lives it costs almost nothing.
  collectYoung();
  send({ kind: 'isReset', heapBytes: process.memoryUsage().heapUsed });
};

const take = (message: ToHost): void => {
  if (message.kind === 'serve') setSandboxCertificates(message.caFile);
  else if (message.kind === 'start') start(message);
  else if (message.kind === 'invoke') void containers.get(message.id)?.invoke(message.invocation);
  else if (message.kind === 'resume') containers.get(message.id)?.time.resume(message.wait);
  else if (message.kind === 'drop') drop(message.id);
  else reset();
};

/** An error that nobody caught is its container's; one that is nobody's is a fault of this program. */
const blame = (thrown: unknown, type?: string): void => {
  const container = owner.getStore();
  if (container === undefined) {
    console.error(thrown);
    process.exit(1);
  }
  container.uncaught(thrown, type);
};

process.on('uncaughtException', (thrown) => blame(thrown));
process.on('unhandledRejection', (thrown) => blame(thrown, 'Runtime.UnhandledPromiseRejection'));
process.on('message', (message) => take(message as ToHost));
// The sandbox's process is gone, however it ended.
process.on('disconnect', () => process.exit(0));
watchRequests();
