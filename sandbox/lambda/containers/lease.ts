import { HostProcess } from './host-process.ts';

/** Host processes that wait for their next sandbox. */
const idle: HostProcess[] = [];
/** As many as are likely to be wanted at once. */
const MOST_IDLE = 2;
/** A process that holds more than this when nothing runs is not used again. */
const HEAP_LIMIT_BYTES = 1024 * 1024 * 1024;

/** A host process for one sandbox: one that has served others, or a new one. */
export const leaseHost = (caFile: string | undefined): HostProcess => {
  const waiting = idle.pop();
  const host = waiting?.alive ? waiting : new HostProcess();
  host.hold();
  host.send({ kind: 'serve', caFile });
  return host;
};

/** Gives a host process back. Resolves when nothing of the sandbox is left in it. */
export const returnHost = async (host: HostProcess): Promise<void> => {
  const heapBytes = await host.reset();
  if (heapBytes === undefined || heapBytes > HEAP_LIMIT_BYTES || idle.length >= MOST_IDLE) return host.kill();
  host.letGo();
  idle.push(host);
};
