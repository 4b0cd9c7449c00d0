import { RealClock, VirtualClock } from '../../../sandbox/clock.ts';
import { type InvokeResult, LambdaHost, type LogLine } from '../../../sandbox/lambda/host.ts';
import { credentials, surroundings } from './functions.ts';

export const START = Date.UTC(2030, 0, 1);

export interface HostChanges {
  readonly seed?: string;
  readonly guardMs?: number;
  readonly log?: (line: LogLine) => void;
  readonly caFile?: string;
}

/** A host, and `invoke`, which lets time pass until the function has answered. */
export interface TestHost {
  readonly host: LambdaHost;
  invoke(name: string, payload?: string, qualifier?: string): Promise<InvokeResult>;
}

/** Each function in a process of its own, in real time. */
export const processes = (folder: string, { log }: HostChanges = {}): TestHost => {
  const host = new LambdaHost({
    clock: new RealClock(),
    surroundings: surroundings(folder),
    credentials,
    ...(log && { log }),
  });
  return {
    host,
    invoke: (name, payload = '{}', qualifier) =>
      host.invoke(name, payload, qualifier === undefined ? {} : { qualifier }),
  };
};

/** All functions in containers of one process, in virtual time. */
export const containers = (
  folder: string,
  { seed = '7', guardMs, log, caFile }: HostChanges = {},
): TestHost & { readonly clock: VirtualClock } => {
  const clock = new VirtualClock(START);
  const host = new LambdaHost({
    clock,
    surroundings: { ...surroundings(folder), ...(caFile !== undefined && { caFile }) },
    credentials,
    virtual: { seed, ...(guardMs !== undefined && { guardMs }) },
    ...(log && { log }),
  });
  const invoke: TestHost['invoke'] = async (name, payload = '{}', qualifier) => {
    let over = false;
    const answer = host.invoke(name, payload, qualifier === undefined ? {} : { qualifier }).finally(() => {
      over = true;
    });
    const [result] = await Promise.all([answer, clock.run(clock.now() + 3_600_000, () => over)]);
    return result;
  };
  return { clock, host, invoke };
};
