import type { Edge, GetServiceGraphRequest, GetServiceGraphResult, Service } from '@aws-sdk/client-xray';
import type { Call } from '../aws/service.ts';
import { histogramOf, summaryOf } from './statistics.ts';
import type { TraceBatch, TraceStore } from './trace-store.ts';

const span = (batches: readonly TraceBatch[]) => {
  const times = batches.map(({ at }) => at);
  return { StartTime: new Date(Math.min(...times)), EndTime: new Date(Math.max(...times)) };
};

/** GetServiceGraph: a node per segment name (so one per version), an edge per caller and called. */
export const getServiceGraph =
  (store: TraceStore) =>
  (input: GetServiceGraphRequest, call: Call): GetServiceGraphResult => {
    const from = input.StartTime?.getTime() ?? 0;
    const to = input.EndTime?.getTime() ?? call.now;
    const batches = store.read({ from, to }, call);
    const names = [...new Set(batches.flatMap(({ source, service }) => [source ?? service, service]))].sort();
    const reference = (name: string) => names.indexOf(name);
    const edgesFrom = (name: string): Edge[] =>
      [
        ...Map.groupBy(
          batches.filter(({ source }) => source === name),
          ({ service }) => service,
        ),
      ].map(([service, between]) => ({
        ReferenceId: reference(service),
        ...span(between),
        SummaryStatistics: summaryOf(between),
        ResponseTimeHistogram: histogramOf(between),
        Aliases: [],
      }));
    const node = (name: string): Service => {
      const own = batches.filter(({ service }) => service === name);
      const edges = edgesFrom(name);
      const type = own.find((batch) => batch.type !== undefined)?.type;
      return {
        ReferenceId: reference(name),
        Name: name,
        Names: [name],
        AccountId: call.account,
        State: 'active',
        Root: own.every(({ source }) => source === undefined),
        ...(type === undefined ? {} : { Type: type }),
        ...(own.length === 0 ? {} : { ...span(own), SummaryStatistics: summaryOf(own) }),
        ResponseTimeHistogram: histogramOf(own),
        Edges: edges,
      };
    };
    return {
      StartTime: new Date(from),
      EndTime: new Date(to),
      Services: names.map(node),
      ContainsOldGroupVersions: false,
    };
  };
