import { EvaluationFailure, StateFailure, TaskFailure } from '../failure.ts';
import { evaluateField, evaluateTyped } from '../jsonata/evaluate.ts';
import { payloadText } from '../limits.ts';
import { bindings, type Leaving, type Visit } from '../line.ts';
import { isNested, runNested } from '../nested.ts';
import { callWithin } from './call-within.ts';
import { type Integration, parseResource, TaskEvents } from './integration.ts';

const seconds = async (visit: Visit, field: 'TimeoutSeconds' | 'HeartbeatSeconds') => {
  const given = visit.state[field];
  if (given === undefined) return undefined;
  const value = (await evaluateTyped(given, bindings(visit), field, 'number')) as number;
  if (Number.isInteger(value) && value > 0) return value;
  throw new EvaluationFailure(
    `The value ${value} specified for the field '${field}' is not a positive whole number.`,
    field,
  );
};

const credentials = async (visit: Visit) => {
  const given = visit.state.Credentials?.RoleArn;
  if (given === undefined) return undefined;
  return (await evaluateTyped(given, bindings(visit), 'Credentials/RoleArn', 'string')) as string;
};

const failureOf = (thrown: unknown): TaskFailure | StateFailure => {
  if (thrown instanceof TaskFailure || thrown instanceof StateFailure) return thrown;
  return new TaskFailure('States.TaskFailed', thrown instanceof Error ? thrown.message : String(thrown));
};

interface Prepared {
  readonly integration: Integration;
  readonly events: TaskEvents;
  readonly parameters: unknown;
  readonly roleArn: string;
}

/** Makes the call, and for `.waitForTaskToken` waits for what is sent back. */
const call = async (
  visit: Visit,
  task: Prepared,
  signal: AbortSignal,
  heartbeat: () => void,
): Promise<unknown> => {
  const { run } = visit.line;
  const { integration, events, parameters, roleArn } = task;
  if (isNested(integration)) return runNested(visit, integration, events, parameters, signal);
  const token = visit.token;
  const answered = token === undefined ? undefined : run.tokens.wait(token, heartbeat);
  const made = run.runTask({
    resource: integration.resource,
    arguments: parameters,
    executionArn: run.arn,
    stateName: visit.name,
    roleArn,
    signal,
    ...(token === undefined ? {} : { taskToken: token }),
  });
  if (answered === undefined) return made;
  // An answer may come before the call that hands the token over has returned: then there is nothing to wait for.
  let over = false;
  const submitted = made.then((result) => {
    if (!over && !signal.aborted) events.submitted(payloadText(result ?? {}, integration.resource));
  });
  return Promise.race([answered, submitted.then(() => answered)]).finally(() => {
    over = true;
  });
};

/** Calls what Resource names. The result is its answer; every way to fail is recorded and can be retried or caught. */
export const runTaskState = async (visit: Visit): Promise<Leaving> => {
  const { state, line, input } = visit;
  const { run } = line;
  const integration = parseResource(state.Resource ?? '');
  visit.token = integration.waitsForToken ? run.tokens.create() : undefined;
  const parameters =
    state.Arguments === undefined
      ? input
      : await evaluateField(state.Arguments, bindings(visit), 'Arguments');
  payloadText(parameters, visit.name);
  const bounds = {
    timeoutSeconds: await seconds(visit, 'TimeoutSeconds'),
    heartbeatSeconds: await seconds(visit, 'HeartbeatSeconds'),
  };
  const taskRole = await credentials(visit);
  const events = new TaskEvents(visit, integration);
  events.scheduled(parameters, bounds, taskRole);
  events.started();
  const task = { integration, events, parameters, roleArn: taskRole ?? run.roleArn };
  try {
    const result = await callWithin(run.clock, line.signal, bounds, (signal, heartbeat) =>
      call(visit, task, signal, heartbeat),
    );
    const output = result === undefined ? null : result;
    events.succeeded(payloadText(output, integration.resource));
    return { output, next: state.Next, extra: { result: output } };
  } catch (thrown) {
    if (line.signal.aborted) throw line.signal.reason;
    const failure = failureOf(thrown);
    if (failure instanceof StateFailure && failure.error === 'States.Timeout') events.timedOut();
    else if (failure.error !== 'States.Runtime') events.failed(failure.error, failure.reason);
    throw failure;
  } finally {
    if (visit.token !== undefined) run.tokens.expire(visit.token);
  }
};
