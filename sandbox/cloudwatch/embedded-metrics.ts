import type { MetricPoint, Place } from './metric-store.ts';

interface Directive {
  readonly Namespace?: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly {
    readonly Name?: string;
    readonly Unit?: string;
    readonly StorageResolution?: number;
  }[];
}

interface EmbeddedDocument {
  readonly _aws?: { readonly Timestamp?: number; readonly CloudWatchMetrics?: readonly Directive[] };
  readonly [member: string]: unknown;
}

const parse = (line: string): EmbeddedDocument | undefined => {
  if (!line.includes('"_aws"')) return undefined;
  try {
    return JSON.parse(line) as EmbeddedDocument;
  } catch {
    return undefined;
  }
};

const numbers = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number');

/** The metrics that the log agent extracts from one line of a function's log; none where it is not in the embedded metric format. */
export const embeddedMetrics = (line: string, place: Place): MetricPoint[] => {
  const document = parse(line);
  return (document?._aws?.CloudWatchMetrics ?? []).flatMap(
    ({ Namespace = '', Dimensions = [[]], Metrics = [] }) =>
      Dimensions.flatMap((names) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(document?.[name] ?? '')]));
        return Metrics.map(({ Name = '', Unit, StorageResolution }) => ({
          ...place,
          namespace: Namespace,
          name: Name,
          dimensions,
          unit: Unit,
          resolution: StorageResolution,
          at: document?._aws?.Timestamp ?? 0,
          values: numbers(document?.[Name]),
        }));
      }),
  );
};
