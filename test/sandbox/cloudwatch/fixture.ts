import type { Call } from '../../../sandbox/aws/service.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { cloudWatchBehaviours } from '../../../sandbox/cloudwatch/behaviours.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';

export const START = Date.UTC(2026, 0, 5, 12);
export const MINUTE = 60_000;
export const HOME = { account: '111122223333', region: 'eu-west-1' };

/** A store with its API at noon (or `start`), and `call` to use it as an SDK client's decoded request would. */
export const cloudWatch = (start = START) => {
  const clock = new VirtualClock(start);
  const store = new MetricStore({ clock, home: HOME });
  const behaviours = cloudWatchBehaviours(store);
  const call = <T>(operation: string, input: unknown, overrides: Partial<Call> = {}): T => {
    const caller = {
      account: HOME.account,
      roleArn: undefined,
      arn: '',
      sessionName: undefined,
      sourceIdentity: undefined,
    };
    const behaviour = behaviours[operation];
    if (behaviour === undefined) throw new Error(`no ${operation}`);
    return behaviour(input, {
      service: 'cloudwatch',
      operation,
      ...HOME,
      caller,
      now: clock.now(),
      ...overrides,
    }) as T;
  };
  return { clock, store, call };
};
