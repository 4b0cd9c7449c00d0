import type { UnprocessedTraceSegment } from '@aws-sdk/client-xray';
import type { Outcome, TraceBatch } from './trace-store.ts';

const outcomeOf = (document: Record<string, unknown>): Outcome => {
  if (document.fault === true) return 'fault';
  return document.error === true || document.throttle === true ? 'error' : 'ok';
};

const refused = (id: unknown, code: string, message: string): UnprocessedTraceSegment => ({
  ...(typeof id === 'string' ? { Id: id } : {}),
  ErrorCode: code,
  Message: message,
});

/**
 * One segment document as a batch of one trace, or why it is not taken. Times are seconds since the epoch.
 * Source: X-Ray developer guide, segment documents.
 */
export const parseSegment = (text: string): TraceBatch | UnprocessedTraceSegment => {
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return refused(undefined, 'ParseError', 'Invalid segment document: it is not JSON.');
  }
  const { id, trace_id: traceId, name, start_time: start, end_time: end, origin } = document;
  for (const [member, value] of Object.entries({ Id: id, TraceId: traceId, Name: name }))
    if (typeof value !== 'string' || value === '')
      return refused(id, `Missing${member}`, `Invalid segment document: ${member} is missing.`);
  if (typeof start !== 'number') return refused(id, 'MissingStartTime', 'start_time is missing.');
  const seconds = (typeof end === 'number' ? end : start) - start;
  const annotations = (document.annotations ?? {}) as Record<string, string | number | boolean>;
  return {
    at: Math.round(start * 1_000),
    service: String(name),
    ...(typeof origin === 'string' ? { type: origin } : {}),
    times: { [outcomeOf(document)]: new Map([[seconds, 1]]) },
    trace: { id: String(traceId), annotations },
  };
};
