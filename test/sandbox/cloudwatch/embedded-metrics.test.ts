import { Metrics } from '@aws-lambda-powertools/metrics';
import { expect, it } from 'vitest';
import { embeddedMetrics } from '../../../sandbox/cloudwatch/embedded-metrics.ts';
import { cloudWatch, HOME, MINUTE, START } from './fixture.ts';

/** What Powertools prints, taken from its own serialisation. */
const powertoolsLine = () => {
  const metrics = new Metrics({ namespace: 'StepCanary', serviceName: 'podinfo' });
  metrics.addMetric('RestoreFailed', 'Count', 1);
  metrics.addMetric('RestoreFailed', 'Count', 2);
  const document = metrics.serializeMetrics();
  return JSON.stringify({ ...document, _aws: { ...document._aws, Timestamp: START } });
};

it("metrics in a function's log become series", () => {
  const { store } = cloudWatch();
  for (const point of embeddedMetrics(powertoolsLine(), HOME)) store.record(point);
  const series = { namespace: 'StepCanary', name: 'RestoreFailed', dimensions: { service: 'podinfo' } };
  const read = store.read(series, { from: START, to: START + MINUTE, period: MINUTE, unit: 'Count' });
  expect(read.get(START)).toMatchObject({ sum: 3, sampleCount: 2 });
});

it.each(['', 'plain text', '{"_aws"', '{"_aws":{}}', '{"level":"INFO"}'])('%j has none', (line) => {
  expect(embeddedMetrics(line, HOME)).toEqual([]);
});
