import type { Clock } from '../clock.ts';
import type { Fault, Faults } from '../faults.ts';
import { constraintsOf } from './constraints/constraints.ts';
import { AwsError, type Behaviours, type Call, type Caller } from './service.ts';
import { type Service, serviceOfScope } from './wire/catalogue.ts';
import { type Model, modelOf, type Operation } from './wire/model.ts';
import type { Shape } from './wire/schema.ts';
import { type Scope, scopeOf } from './wire/scope.ts';
import { inputProblems, outputProblems } from './wire/validate.ts';
import type { Answer, Named, Request, Wire } from './wire/wire.ts';

/** Who may call what: the edge asks it about every call. */
export interface Gate {
  /** The caller behind an access key; throws when its session is over at `now` (epoch milliseconds). */
  resolve(accessKeyId: string, now: number): Caller;
  /** Throws the service's refusal when the caller's policies do not allow the call. */
  authorize(call: Call, input: Shape): void | Promise<void>;
}

/** An API that answers whole requests by itself; the edge has already asked IAM. */
export type Passthrough = (request: Request, call: Call) => Promise<Answer>;

/** An API that no SDK client describes: it names its requests and answers them itself. */
export interface UnmodelledApi {
  /** The IAM action's name, and what its resources' ARNs are made of; undefined for no path of this API. */
  name(request: Request): { operation: string; input: Shape } | undefined;
  answer(request: Request, call: Call): Answer | Promise<Answer>;
  /** HTTP status of its errors, by name. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** What an attempt needs of the edge. */
export interface EdgeParts {
  readonly clock: Clock;
  readonly services: Readonly<Record<string, Behaviours>>;
  readonly passthrough: Readonly<Record<string, Passthrough>>;
  /** By the service's name in a SigV4 scope, which is its IAM prefix too. */
  readonly unmodelled: Readonly<Record<string, UnmodelledApi>>;
  readonly iam: Gate;
  readonly faults: Faults;
  /** Whether lengths, ranges, patterns and enumerations are enforced beside the schema. */
  readonly constraints: boolean;
}

/** The connection itself fails: `reset` destroys it, `hang` never answers. */
export class BrokenConnection extends Error {
  readonly how: 'reset' | 'hang';

  constructor(how: 'reset' | 'hang') {
    super(`connection ${how}`);
    this.how = how;
  }
}

/** One attempt of one call, filled in as more of it is known. */
export interface Attempt {
  readonly request: Request;
  readonly wire: Wire;
  readonly requestId: string;
  service?: Service;
  model?: Model;
  call?: Call;
}

const unknown = (message: string) => new AwsError('NotImplemented', message, 501);

/** Carries out an attempt on an API without a model. */
async function answerUnmodelled(
  attempt: Attempt,
  api: UnmodelledApi,
  { accessKeyId, region, service }: Scope,
  parts: EdgeParts,
): Promise<Answer> {
  const { request } = attempt;
  const named = api.name(request);
  const now = parts.clock.now();
  const caller = parts.iam.resolve(accessKeyId, now);
  const operation = named?.operation ?? `${request.method} ${request.path}`;
  const call: Call = { service, operation, region, account: caller.account, caller, now };
  attempt.call = call;
  if (named === undefined) throw unknown(`${service} has no operation ${operation}.`);
  const fault = parts.faults.take(`${service}.${operation}`);
  try {
    const have = async () => {
      await parts.iam.authorize(call, named.input);
      return api.answer(request, call);
    };
    return await struckBy(fault, parts, have);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(error.name, error.message, error.status ?? api.statuses[error.name]);
  }
}

async function identify(
  attempt: Attempt,
  parts: EdgeParts,
): Promise<{ call: Call; model: Model; named: Named }> {
  const scope = scopeOf(attempt.request);
  if (scope === undefined)
    throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const service = serviceOfScope(scope.service);
  if (service === undefined) throw unknown(`The sandbox has no service ${scope.service}.`);
  attempt.service = service;
  const model = await modelOf(service);
  attempt.model = model;
  const named = attempt.wire.name(model, attempt.request);
  const now = parts.clock.now();
  const caller = parts.iam.resolve(scope.accessKeyId, now);
  const call: Call = {
    service: service.prefix,
    operation: named?.operation || `${attempt.request.method} ${attempt.request.path}`,
    region: scope.region,
    account: caller.account,
    caller,
    now,
  };
  attempt.call = call;
  if (named === undefined || !model.operations.has(named.operation))
    throw unknown(`${service.prefix} has no operation ${call.operation}.`);
  return { call, model, named };
}

/** The error that a fault makes of this attempt; a connection's own faults are thrown. */
function strike(error: string): never {
  if (error === 'reset' || error === 'hang') throw new BrokenConnection(error);
  throw new AwsError(error, 'This error was asked for by a fault.');
}

/** Has the effect of a call, before or after its fault, or later. */
async function struckBy(
  fault: Fault | undefined,
  { faults, clock }: EdgeParts,
  effect: () => Promise<Answer>,
): Promise<Answer> {
  if (fault === undefined) return effect();
  if (fault.when === 'after') await effect();
  if (fault.when === 'late') faults.landLater(fault, clock, effect);
  return strike(fault.error);
}

async function answer(
  attempt: Attempt,
  operation: Operation,
  named: Named,
  call: Call,
  model: Model,
  parts: EdgeParts,
): Promise<Answer> {
  const { request, wire, requestId } = attempt;
  const input = await wire.decode(operation, request, named);
  const passthrough = parts.passthrough[call.service];
  if (passthrough !== undefined) {
    await parts.iam.authorize(call, input);
    return passthrough(request, call);
  }
  const behaviour = parts.services[call.service]?.[operation.name];
  if (behaviour === undefined)
    throw unknown(`The sandbox does not implement ${call.service}:${operation.name}.`);
  checkInput(operation, input, model, parts.constraints ? await constraintsOf(call.service) : undefined);
  await parts.iam.authorize(call, input);
  const output = ((await behaviour(input, call)) ?? {}) as Shape;
  checkOutput(operation, output, call);
  return wire.encode(operation, output, model, requestId);
}

function checkInput(
  operation: Operation,
  input: Shape,
  { service }: Model,
  table: Parameters<typeof inputProblems>[2],
) {
  const problems = inputProblems(operation.input, input, table);
  if (problems.length === 0) return;
  const errors = problems.length === 1 ? 'error' : 'errors';
  throw new AwsError(
    service.invalid,
    `${problems.length} validation ${errors} detected: ${problems.join('; ')}`,
    400,
  );
}

function checkOutput(operation: Operation, output: Shape, { service }: Call) {
  const problems = outputProblems(operation.output, output);
  if (problems.length > 0)
    throw new Error(`${service}:${operation.name} answered against its schema: ${problems.join('; ')}`);
}

/**
 * Carries out one attempt: identify, fault, decode, validate, IAM, behaviour, validate, encode.
 * @throws AwsError for refusals; BrokenConnection when a fault says so; anything else is a defect of the sandbox.
 */
export async function carryOut(attempt: Attempt, parts: EdgeParts): Promise<Answer> {
  const scope = scopeOf(attempt.request);
  const unmodelled = scope && parts.unmodelled[scope.service];
  if (scope !== undefined && unmodelled !== undefined)
    return answerUnmodelled(attempt, unmodelled, scope, parts);
  const { call, model, named } = await identify(attempt, parts);
  const operation = model.operations.get(named.operation) as Operation;
  const fault = parts.faults.take(`${call.service}.${call.operation}`);
  return struckBy(fault, parts, () =>
    answer(attempt, operation, named, { ...call, now: parts.clock.now() }, model, parts),
  );
}
