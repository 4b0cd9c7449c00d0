import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describe } from 'vitest';
import { CloudWatchSource, virtualServicesOf } from '../../../lambdas/adapters/cloudwatch/cloudwatch.ts';
import { cloudWatchBehaviours } from '../../../sandbox/cloudwatch/behaviours.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';
import { metricSourceContract, type Observation } from '../../contracts/metric-source.ts';
import { ACCOUNT, localEdge, REGION } from '../../sandbox/aws/local-edge.ts';
import { exampleSpec } from '../core/example-spec.ts';

describe("CloudWatch over the sandbox's API", () => {
  metricSourceContract(async () => {
    const noon = Date.UTC(2026, 10, 21, 11);
    let stored: MetricStore | undefined;
    const { config } = await localEdge({
      services: (_iam, clock) => {
        stored = new MetricStore({ clock, home: { account: ACCOUNT, region: REGION } });
        return { cloudwatch: cloudWatchBehaviours(stored) };
      },
    });
    const observe = async (...observations: Observation[]) => {
      for (const { minute, caller, side, requests, failures = 0, durations = {}, fresh } of observations) {
        const point = {
          namespace: 'AppMesh',
          at: noon + minute * 60_000,
          ...(fresh ? {} : { publishedAt: noon + (minute + 1) * 60_000 }),
          dimensions: {
            Mesh: 'global',
            VirtualNode: caller,
            TargetVirtualService: 'podinfo.test',
            TargetVirtualNode: `podinfo-${side}`,
          },
        };
        stored?.record({ ...point, name: 'RequestCountPerTarget', value: requests });
        if (failures > 0) stored?.record({ ...point, name: 'HTTPCode_Target_5XX_Count', value: failures });
        const values = Object.keys(durations).map(Number);
        stored?.record({
          ...point,
          name: 'TargetResponseTime',
          values,
          counts: Object.values(durations),
        });
      }
    };
    const source = new CloudWatchSource(new CloudWatchClient(config()), {
      namespace: 'AppMesh',
      callers: ['frontend', 'batch'],
      delay: 0,
      period: 60,
      virtualServices: virtualServicesOf(exampleSpec()),
    });
    return { source, noon, observe };
  });
});
