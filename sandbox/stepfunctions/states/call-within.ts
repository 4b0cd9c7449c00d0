import type { Clock } from '../../clock.ts';
import { Cancelled, StateFailure } from '../failure.ts';

/** How long a Task may take, and how far apart its heartbeats may be, in seconds. */
export interface Bounds {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/**
 * Runs `work` until it settles, a bound passes (StateFailure States.Timeout) or `outer` is aborted (its reason). The
 * signal that `work` gets is aborted in the last two cases; whether it listens makes no difference to the caller.
 */
export const callWithin = <T>(
  clock: Clock,
  outer: AbortSignal,
  { timeoutSeconds, heartbeatSeconds }: Bounds,
  work: (signal: AbortSignal, heartbeat: () => void) => Promise<T>,
): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const cancels: (() => void)[] = [];
    let cancelHeartbeat: () => void = () => {};
    const clear = () => {
      for (const cancel of cancels) cancel();
      cancelHeartbeat();
      outer.removeEventListener('abort', stop);
    };
    const giveUp = (reason: Error) => {
      clear();
      controller.abort(reason instanceof Cancelled ? reason : new Cancelled(reason.message));
      reject(reason);
    };
    const stop = () => giveUp(outer.reason);
    const expire = (aliases: readonly string[]) =>
      giveUp(new StateFailure('States.Timeout', undefined, aliases));
    const after = (seconds: number, then: () => void) => clock.schedule(clock.now() + seconds * 1000, then);
    const heartbeat = () => {
      cancelHeartbeat();
      if (heartbeatSeconds === undefined || controller.signal.aborted) return;
      cancelHeartbeat = after(heartbeatSeconds, () => expire(['States.HeartbeatTimeout']));
    };
    outer.addEventListener('abort', stop, { once: true });
    if (timeoutSeconds !== undefined) cancels.push(after(timeoutSeconds, () => expire([])));
    heartbeat();
    work(controller.signal, heartbeat).then(
      (value) => {
        clear();
        resolve(value);
      },
      (reason) => {
        clear();
        reject(reason);
      },
    );
  });
