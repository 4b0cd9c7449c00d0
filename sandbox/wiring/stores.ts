import type { Passthrough, UnmodelledApi } from '../aws/attempt.ts';
import { type AwsOptions, type Stores as AwsStores, createAws } from '../aws/aws.ts';
import type { Behaviours } from '../aws/service.ts';
import type { Place } from '../aws/services/place.ts';
import { type AlarmChange, AlarmStore } from '../cloudwatch/alarm-store.ts';
import { AlarmWatch } from '../cloudwatch/alarm-watch.ts';
import { cloudWatchBehaviours } from '../cloudwatch/behaviours.ts';
import { MetricStore } from '../cloudwatch/metric-store.ts';
import { prometheusApi } from '../prometheus/api.ts';
import { PrometheusServers } from '../prometheus/servers.ts';
import { Queues } from '../queues.ts';
import { xrayBehaviours } from '../xray/behaviours.ts';
import { TraceStore } from '../xray/trace-store.ts';

/** The state of a sandbox's services, for tests, traffic and reports to look at and to change. */
export interface Stores extends AwsStores {
  readonly queues: Queues;
  readonly metrics: MetricStore;
  readonly traces: TraceStore;
  readonly alarms: AlarmStore;
  readonly prometheus: PrometheusServers;
}

/** Stores and what their services do; Step Functions, which runs things, is not among them. */
export interface World {
  readonly stores: Stores;
  /** By IAM prefix. */
  readonly services: Readonly<Record<string, Behaviours>>;
  /** Services that answer whole requests by themselves, by IAM prefix. */
  readonly whole: Readonly<Record<string, Passthrough>>;
  /** Services that no SDK client describes, by their name in a SigV4 scope. */
  readonly unmodelled: Readonly<Record<string, UnmodelledApi>>;
  /** Ends what the services do by themselves as time goes on. */
  readonly close: () => void;
}

/** What the world needs, and whom it tells. */
export interface WorldOptions extends Omit<AwsOptions, 'account'> {
  readonly onQueueDepth: (arn: string, depth: number) => void;
  /** An alarm has changed its state. */
  readonly onAlarm: (change: AlarmChange) => void;
}

/** Empty stores for one sandbox, with their services. `home`: the owner's account and region. */
export const createWorld = (home: Place, options: WorldOptions): World => {
  const { clock, onAlarm } = options;
  const aws = createAws({ ...options, account: home.account });
  const metrics = new MetricStore({ clock, home });
  const traces = new TraceStore({ clock, home });
  const alarms = new AlarmStore(metrics);
  const prometheus = new PrometheusServers(metrics, home);
  const watch = new AlarmWatch(clock, alarms, onAlarm);
  const cloudwatch = cloudWatchBehaviours(metrics, {
    alarms,
    onChange: onAlarm,
    onPut: () => watch.begin(),
  });
  return {
    stores: { ...aws.stores, queues: new Queues(options.onQueueDepth), metrics, traces, alarms, prometheus },
    services: { ...aws.services, cloudwatch, xray: xrayBehaviours(traces) },
    whole: aws.passthrough,
    unmodelled: { aps: prometheusApi(metrics) },
    close: () => {
      aws.stores.buses.close();
      watch.close();
    },
  };
};
