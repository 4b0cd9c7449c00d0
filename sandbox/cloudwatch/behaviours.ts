import type { Behaviours } from '../aws/service.ts';
import { AlarmStore } from './alarm-store.ts';
import { type AlarmListeners, alarmBehaviours } from './alarms.ts';
import { dashboardBehaviours } from './dashboards.ts';
import { getMetricData } from './get-metric-data.ts';
import { getMetricStatistics } from './get-metric-statistics.ts';
import { listMetrics } from './list-metrics.ts';
import type { MetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';

/** The CloudWatch operations that the sandbox has, over one store of series; `AlarmWatch` finds the changes that time brings. */
export const cloudWatchBehaviours = (
  store: MetricStore,
  { alarms = new AlarmStore(store), ...listeners }: AlarmListeners & { readonly alarms?: AlarmStore } = {},
): Behaviours => ({
  PutMetricData: putMetricData(store),
  GetMetricData: getMetricData(store),
  GetMetricStatistics: getMetricStatistics(store),
  ListMetrics: listMetrics(store),
  ...alarmBehaviours(alarms, listeners),
  ...dashboardBehaviours(),
});
