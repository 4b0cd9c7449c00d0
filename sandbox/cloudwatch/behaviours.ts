import type { Behaviours } from '../aws/service.ts';
import { type AlarmChange, AlarmStore } from './alarm-store.ts';
import { alarmBehaviours } from './alarms.ts';
import { dashboardBehaviours } from './dashboards.ts';
import { getMetricData } from './get-metric-data.ts';
import { getMetricStatistics } from './get-metric-statistics.ts';
import { listMetrics } from './list-metrics.ts';
import type { MetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';

/**
 * The CloudWatch operations that the sandbox has, over one store of series. `onAlarm` hears of changes that a call brought about;
 * `AlarmStore.evaluate` finds those that time brings.
 */
export const cloudWatchBehaviours = (
  store: MetricStore,
  {
    alarms = new AlarmStore(store),
    onAlarm,
  }: { alarms?: AlarmStore; onAlarm?: (change: AlarmChange) => void } = {},
): Behaviours => ({
  PutMetricData: putMetricData(store),
  GetMetricData: getMetricData(store),
  GetMetricStatistics: getMetricStatistics(store),
  ListMetrics: listMetrics(store),
  ...alarmBehaviours(alarms, onAlarm),
  ...dashboardBehaviours(),
});
