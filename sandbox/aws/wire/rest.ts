import type { NormalizedSchema } from '@smithy/core/schema';
import { jsonFailure, readJson, writeJson } from './json.ts';
import type { Model, Operation } from './model.ts';
import { closeness, matchPath, type PathPattern } from './path.ts';
import { isBoundToHttp, membersOf, type Shape, type Traits, traitsOf } from './schema.ts';
import { fromText, HTTP_DATE, toText } from './text.ts';
import type { Named, Request, Wire } from './wire.ts';

interface Route {
  readonly operation: string;
  readonly pattern: PathPattern;
}

const tables = new WeakMap<Model, ReadonlyMap<string, readonly Route[]>>();

/** Routes by method, the closest patterns first. */
function routesOf(model: Model): ReadonlyMap<string, readonly Route[]> {
  let table = tables.get(model);
  if (table === undefined) {
    const routes = [...model.operations.values()].flatMap(({ name, http }) =>
      http === undefined ? [] : [{ operation: name, pattern: http }],
    );
    routes.sort((a, b) => closeness(b.pattern) - closeness(a.pattern));
    table = Map.groupBy(routes, ({ pattern }) => pattern.method);
    tables.set(model, table);
  }
  return table;
}

function name(model: Model, { method, path, query }: Request): Named | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  for (const { operation, pattern } of routesOf(model).get(method) ?? []) {
    const labels = matchPath(pattern, parts, query);
    if (labels !== undefined) return { operation, labels };
  }
  return undefined;
}

const textOrList = (schema: NormalizedSchema, texts: readonly string[]): unknown =>
  schema.isListSchema()
    ? texts.map((text) => fromText(schema.getValueSchema(), text))
    : texts[0] === undefined
      ? undefined
      : fromText(schema, texts[0]);

function queryParams(schema: NormalizedSchema, input: NormalizedSchema, query: URLSearchParams): Shape {
  const own = new Set(membersOf(input).map(([, member]) => traitsOf(member).httpQuery));
  const names = [...new Set(query.keys())].filter((key) => !own.has(key));
  return Object.fromEntries(
    names.map((key) => [key, textOrList(schema.getValueSchema(), query.getAll(key))]),
  );
}

function bound(schema: NormalizedSchema, traits: Traits, operation: Operation, request: Request): unknown {
  const { query, headers } = request;
  if (traits.httpQuery)
    return query.has(traits.httpQuery) ? textOrList(schema, query.getAll(traits.httpQuery)) : undefined;
  if (traits.httpQueryParams) return queryParams(schema, operation.input, query);
  const header = traits.httpHeader && headers[traits.httpHeader.toLowerCase()];
  if (header) return textOrList(schema, schema.isListSchema() ? header.split(/\s*,\s*/) : [header]);
  if (traits.httpPrefixHeaders === undefined) return undefined;
  const prefix = traits.httpPrefixHeaders.toLowerCase();
  const found = Object.entries(headers).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

async function payload(schema: NormalizedSchema, body: Buffer): Promise<unknown> {
  if (body.length === 0) return undefined;
  if (schema.isBlobSchema()) return body;
  return schema.isStringSchema() ? body.toString('utf8') : readJson('rest', schema, body);
}

async function decode(operation: Operation, request: Request, { labels }: Named): Promise<Shape> {
  const members = membersOf(operation.input);
  const inPayload = members.find(([, member]) => traitsOf(member).httpPayload);
  const input: Shape = {};
  if (inPayload !== undefined) input[inPayload[0]] = await payload(inPayload[1], request.body);
  else if (request.body.length > 0)
    Object.assign(input, await readJson('rest', operation.input, request.body));
  for (const [member, schema] of members) {
    const traits = traitsOf(schema);
    if (!isBoundToHttp(traits) || traits.httpPayload) continue;
    const label = labels[member];
    const value =
      traits.httpLabel && label !== undefined
        ? fromText(schema, label)
        : bound(schema, traits, operation, request);
    if (value === undefined) delete input[member];
    else input[member] = value;
  }
  return input;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

function encode({ output, http }: Operation, value: Shape) {
  const headers: Record<string, string> = { ...JSON_HEADERS };
  const body: Shape = {};
  let status = http?.status ?? 200;
  let whole: string | Uint8Array | undefined;
  for (const [member, schema] of membersOf(output)) {
    const traits = traitsOf(schema);
    const item = value[member];
    // A payload that is not there is an empty body, not an empty structure.
    if (traits.httpPayload) whole = '';
    if (item === undefined || item === null) continue;
    if (traits.httpHeader) headers[traits.httpHeader.toLowerCase()] = toText(schema, item, HTTP_DATE);
    else if (traits.httpResponseCode) status = Number(item);
    else if (traits.httpPayload)
      whole = item instanceof Uint8Array || typeof item === 'string' ? item : writeJson('rest', schema, item);
    else body[member] = item;
  }
  return {
    status,
    headers,
    body: whole ?? (Object.keys(body).length > 0 ? writeJson('rest', output, body) : '{}'),
  };
}

/** restJson1: methods, paths, query and headers carry members beside a JSON body. */
export const restJson: Wire = {
  name,
  decode,
  encode,
  fail: (failure) => ({
    status: failure.status,
    headers: { ...JSON_HEADERS, 'x-amzn-errortype': failure.name },
    body: jsonFailure(failure),
  }),
};
