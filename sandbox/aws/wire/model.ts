import { NormalizedSchema } from '@smithy/core/schema';
import type { Service } from './catalogue.ts';
import { type PathPattern, parsePattern } from './path.ts';

/** One operation, as the client's schema describes it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Where a REST service binds it; undefined for RPC services. */
  readonly http: PathPattern | undefined;
}

/** An error that the service's schema names. */
export interface ErrorShape {
  readonly name: string;
  /** The code that goes over the wire in the Query protocol. */
  readonly code: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly schema: NormalizedSchema;
}

/** A service's API: what the edge needs of a client's schemas, indexed once. */
export interface Model {
  readonly service: Service;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ReadonlyMap<string, ErrorShape>;
}

// The tuples that clients export: [kind, namespace, name, traits, …]; 9 is an operation, -3 an error.
type Tuple = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];
const isTuple = (value: unknown): value is Tuple => Array.isArray(value) && typeof value[2] === 'string';

const lazySchema = (reference: unknown): NormalizedSchema => NormalizedSchema.of(reference as never);

function operation([, , name, traits, input, output]: Tuple): Operation {
  const http = (traits as { http?: [method: string, uri: string, status: number] } | undefined)?.http;
  let inputSchema: NormalizedSchema | undefined;
  let outputSchema: NormalizedSchema | undefined;
  return {
    name,
    // Resolved on first use: most operations of a service are never called.
    get input() {
      inputSchema ??= lazySchema(input);
      return inputSchema;
    },
    get output() {
      outputSchema ??= lazySchema(output);
      return outputSchema;
    },
    http: http && parsePattern(...http),
  };
}

interface ErrorTraits {
  readonly error?: 'client' | 'server';
  readonly httpError?: number;
  readonly awsQueryError?: readonly [code: string, status: number];
}

function errorShape(tuple: Tuple): ErrorShape {
  const name = tuple[2];
  const traits = (typeof tuple[3] === 'object' && tuple[3] !== null ? tuple[3] : {}) as ErrorTraits;
  const fault = traits.error ?? 'client';
  return {
    name,
    code: traits.awsQueryError?.[0] ?? name,
    status: traits.httpError ?? traits.awsQueryError?.[1] ?? (fault === 'server' ? 500 : 400),
    fault,
    schema: lazySchema(tuple),
  };
}

const loaded = new Map<string, Promise<Model>>();

async function load(service: Service): Promise<Model> {
  const exports = (await import(service.client)) as Record<string, unknown>;
  const tuples = Object.values(exports).filter(isTuple);
  const named = <T extends { name: string }>(items: T[]) => new Map(items.map((item) => [item.name, item]));
  return {
    service,
    operations: named(tuples.filter(([kind]) => kind === 9).map(operation)),
    errors: named(tuples.filter(([kind]) => kind === -3).map(errorShape)),
  };
}

/** The model of a service; its client package is imported on the first call (15-70 ms), later calls are free. */
export function modelOf(service: Service): Promise<Model> {
  let model = loaded.get(service.prefix);
  if (model === undefined) {
    model = load(service);
    loaded.set(service.prefix, model);
  }
  return model;
}
