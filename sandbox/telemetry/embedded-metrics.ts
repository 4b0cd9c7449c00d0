import type { MetricPoint } from '../cloudwatch/metric-store.ts';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly {
    readonly Name: string;
    readonly Unit?: string;
    readonly StorageResolution?: number;
  }[];
}

interface EmbeddedLine extends Readonly<Record<string, unknown>> {
  readonly _aws: { readonly CloudWatchMetrics: readonly Directive[] };
}

const isEmbedded = (line: unknown): line is EmbeddedLine =>
  Array.isArray((line as EmbeddedLine | undefined)?._aws?.CloudWatchMetrics);

const numbers = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'number');

/**
 * The points in a log line of the embedded metric format (CloudWatch user guide, "Specification: Embedded metric format"):
 * one per metric and set of dimensions; none in any other line.
 * @param line the line, parsed as JSON
 * @param at epoch milliseconds of the sandbox's time: functions on the machine's clock would stamp another
 */
export const embeddedMetrics = (line: unknown, at: number): MetricPoint[] => {
  if (!isEmbedded(line)) return [];
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions = [[]], Metrics = [] }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(line[name])]));
      return Metrics.map(({ Name: name, Unit: unit, StorageResolution: resolution }): MetricPoint => {
        return { namespace, name, dimensions, unit, resolution, at, values: numbers(line[name]) };
      });
    }),
  );
};
