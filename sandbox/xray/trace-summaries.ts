import type { GetTraceSummariesRequest, GetTraceSummariesResult, TraceSummary } from '@aws-sdk/client-xray';
import type { Call } from '../aws/service.ts';
import { seededRandom } from '../random.ts';
import { parseFilter, type TraceFacts } from './selector.ts';
import { OUTCOMES, type TraceBatch, type TraceStore } from './trace-store.ts';

const PAGE = 100;

/** Each trace of a batch by itself. */
const tracesOf = (batch: TraceBatch): TraceFacts[] =>
  OUTCOMES.flatMap((outcome) =>
    [...(batch.times[outcome] ?? [])].flatMap(([seconds, count]) =>
      Array.from({ length: count }, () => ({ batch, outcome, seconds })),
    ),
  );

/** A trace id in X-Ray's form; the same trace gets the same one whenever it is asked for. */
const idOf = ({ batch }: TraceFacts, index: number): string => {
  if (batch.trace !== undefined) return batch.trace.id;
  const random = seededRandom(`${batch.service}/${batch.source}/${batch.at}/${index}`);
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return `1-${Math.floor(batch.at / 1_000).toString(16)}-${hex(24)}`;
};

const summary = (trace: TraceFacts, id: string, account: string): TraceSummary => {
  const { batch, outcome, seconds } = trace;
  const service = { Name: batch.service, Names: [batch.service], AccountId: account };
  const annotations = Object.entries(batch.trace?.annotations ?? {}).map(([key, value]) => [
    key,
    [{ AnnotationValue: annotationValue(value), ServiceIds: [service] }],
  ]);
  return {
    Id: id,
    StartTime: new Date(batch.at),
    Duration: seconds,
    ResponseTime: seconds,
    HasFault: outcome === 'fault',
    HasError: outcome === 'error',
    HasThrottle: false,
    IsPartial: false,
    ServiceIds: [batch.type === undefined ? service : { ...service, Type: batch.type }],
    Annotations: Object.fromEntries(annotations),
  };
};

const annotationValue = (value: string | number | boolean) => {
  if (typeof value === 'number') return { NumberValue: value };
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: value };
};

/** GetTraceSummaries: what was sampled, with the filters that `parseFilter` reads. */
export const getTraceSummaries =
  (store: TraceStore) =>
  (input: GetTraceSummariesRequest, call: Call): GetTraceSummariesResult => {
    const matches = parseFilter(input.FilterExpression);
    const from = input.StartTime?.getTime() ?? 0;
    const to = input.EndTime?.getTime() ?? call.now;
    const all = store
      .read({ from, to }, call)
      .flatMap((batch) => tracesOf(batch).map((trace, index) => ({ trace, index })));
    const found = all.filter(({ trace }) => matches(trace));
    const offset = Number(input.NextToken ?? 0);
    const next = offset + PAGE;
    return {
      TraceSummaries: found
        .slice(offset, next)
        .map(({ trace, index }) => summary(trace, idOf(trace, index), call.account)),
      ApproximateTime: new Date(call.now),
      TracesProcessedCount: all.length,
      ...(next < found.length ? { NextToken: String(next) } : {}),
    };
  };
