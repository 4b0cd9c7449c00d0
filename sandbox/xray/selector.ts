import { AwsError } from '../aws/service.ts';
import type { Outcome, TraceBatch } from './trace-store.ts';

type Matcher = (batch: TraceBatch) => boolean;

/** What an expression asks about: a service's own requests, or those between two. */
export interface Selector {
  readonly kind: 'service' | 'edge';
  readonly matches: Matcher;
}

const refuse = (expression: string): AwsError =>
  new AwsError(
    'InvalidRequestException',
    `Invalid expression '${expression}': the sandbox reads service("name"), service(id(name: "…", type: "…")), edge(…, …), joined by OR; in filters also ok, error, fault, responsetime, annotation.key, joined by AND.`,
  );

const ENTITY = String.raw`(?:"[^"]*"|id\([^()]*\))`;
const SERVICE = new RegExp(`^(?:service\\((${ENTITY})?\\)|(id\\([^()]*\\)))$`);
const EDGE = new RegExp(`^edge\\((${ENTITY})\\s*,\\s*(${ENTITY})\\)$`);
const MEMBER = /^\s*(name|type|account\.id)\s*:\s*"([^"]*)"\s*$/;

/** `"name"` or `id(name: "…", type: "…")` against a name and type. */
const entity = (text: string, expression: string) => {
  if (text.startsWith('"')) return (name: string | undefined) => name === text.slice(1, -1);
  const wanted = new Map<string, string>();
  for (const member of text.slice(3, -1).split(',')) {
    const [, key = '', value = ''] = MEMBER.exec(member) ?? [];
    if (key === '') throw refuse(expression);
    wanted.set(key, value);
  }
  return (name: string | undefined, type: string | undefined) =>
    (wanted.get('name') ?? name) === name && (type === undefined || (wanted.get('type') ?? type) === type);
};

const one = (text: string, expression: string): Selector => {
  const edge = EDGE.exec(text);
  if (edge !== null) {
    const from = entity(edge[1] ?? '', expression);
    const to = entity(edge[2] ?? '', expression);
    return {
      kind: 'edge',
      matches: ({ source, service, type }) => from(source, undefined) && to(service, type),
    };
  }
  const service = SERVICE.exec(text);
  if (service === null) throw refuse(expression);
  const of = service[1] ?? service[2];
  if (of === undefined) return { kind: 'service', matches: () => true };
  const wanted = entity(of, expression);
  return { kind: 'service', matches: ({ service: name, type }) => wanted(name, type) };
};

/** The entity selector of GetTimeSeriesServiceStatistics; without one X-Ray gives statistics of edges. */
export const parseSelector = (expression: string | undefined): Selector => {
  if (expression === undefined || expression.trim() === '')
    return { kind: 'edge', matches: ({ source }) => source !== undefined };
  const parts = expression.split(/\s+OR\s+/i).map((part) => one(part.trim(), expression));
  const kind = parts.some((part) => part.kind === 'edge') ? 'edge' : 'service';
  return { kind, matches: (batch) => parts.some((part) => part.matches(batch)) };
};

/** What a filter knows of a single trace. */
export interface TraceFacts {
  readonly batch: TraceBatch;
  readonly outcome: Outcome;
  readonly seconds: number;
}

const COMPARED = /^(responsetime|duration)\s*(>=|<=|>|<|=)\s*(\d+(?:\.\d+)?)$/;
const FLAG = /^(!)?\s*(ok|error|fault)(?:\s*=\s*(true|false))?$/;
const ANNOTATION = /^annotation[.[]"?([\w.]+)"?\]?\s*=\s*"?([^"]*)"?$/;

const compare = (operator: string, a: number, b: number): boolean => {
  if (operator === '=') return a === b;
  if (operator.startsWith('>')) return operator === '>' ? a > b : a >= b;
  return operator === '<' ? a < b : a <= b;
};

const condition = (text: string, expression: string): ((trace: TraceFacts) => boolean) => {
  const compared = COMPARED.exec(text);
  if (compared !== null) return ({ seconds }) => compare(compared[2] ?? '', seconds, Number(compared[3]));
  const flag = FLAG.exec(text);
  if (flag !== null) {
    const wanted = (flag[1] === undefined) === (flag[3] !== 'false');
    return ({ outcome }) => (outcome === flag[2]) === wanted;
  }
  const annotation = ANNOTATION.exec(text);
  if (annotation !== null)
    return ({ batch }) => String(batch.trace?.annotations[annotation[1] ?? '']) === annotation[2];
  const { matches } = one(text, expression);
  return ({ batch }) => matches(batch);
};

/** The filter of GetTraceSummaries. */
export const parseFilter = (expression: string | undefined): ((trace: TraceFacts) => boolean) => {
  if (expression === undefined || expression.trim() === '') return () => true;
  const conditions = expression.split(/\s+AND\s+/i).map((part) => condition(part.trim(), expression));
  return (trace) => conditions.every((holds) => holds(trace));
};
