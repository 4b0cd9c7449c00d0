import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { StepFunctionsEngine } from '../../../sandbox/stepfunctions/engine.ts';
import { TaskFailure } from '../../../sandbox/stepfunctions/failure.ts';

type Json = Record<string, unknown>;
interface RecordedEvent extends Json {
  readonly type: string;
}
interface RecordedCase {
  readonly name: string;
  readonly definition: { readonly States: Record<string, Json> };
  readonly input?: unknown;
  readonly events: readonly RecordedEvent[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/states-recorded.json', import.meta.url), 'utf8'),
) as { cases: RecordedCase[] };

const detailsOf = (event: RecordedEvent): Json =>
  (Object.entries(event).find(([name]) => name.endsWith('EventDetails'))?.[1] ?? {}) as Json;

/** The recordings filled these in when they were made: the function, and in one case the time-out. */
const asRecorded = ({ name, definition, events }: RecordedCase): string => {
  const scheduled = detailsOf(events.find(({ type }) => /Scheduled$/.test(type)) ?? { type: '' });
  const { FunctionName = '' } = (scheduled.parameters ?? {}) as Json;
  const text = JSON.stringify(definition)
    .replace('__tbd__', String(scheduled.resource))
    .replace('%LAMBDA_FUNCTION_ARN_LITERAL_PLACEHOLDER%', String(FunctionName));
  return name.endsWith('[TIMEOUT_SECONDS]')
    ? text.replace('"Type":"Task"', '"Type":"Task","TimeoutSeconds":1')
    : text;
};

/** Runs the case; its Tasks end as they did in the recording. */
const replay = async (recorded: RecordedCase): Promise<unknown[]> => {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1));
  const ends = recorded.events.filter(({ type }) => /^(Task|LambdaFunction)(Succeeded|Failed)$/.test(type));
  const runTask = async () => {
    const { output, error, cause } = detailsOf(ends.shift() ?? { type: 'none' });
    if (error === undefined) return output;
    throw new TaskFailure(String(error), typeof cause === 'string' ? cause : JSON.stringify(cause));
  };
  const engine = new StepFunctionsEngine({ clock, random: () => 0.5, region: '<region>', runTask });
  const stateMachineArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:recorded';
  engine.machines.put(
    stateMachineArn,
    { name: 'recorded', definition: asRecorded(recorded), roleArn: 'role' },
    0,
  );
  const execution = engine.start({ stateMachineArn, name: 'x', input: JSON.stringify(recorded.input ?? {}) });
  await clock.run(clock.now() + 3_600_000);
  return execution.history.events.map((event) => comparable(event));
};

const JSON_TEXTS = new Set(['input', 'output', 'parameters', 'cause']);
const VARYING = new Set(['timestamp', 'roleArn']);

/** An event without what differs from run to run, and with the JSON in its texts parsed, as the recordings have it. */
const comparable = (value: unknown, name = ''): unknown => {
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value === 'string' && JSON_TEXTS.has(name)) {
    try {
      return comparable(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !VARYING.has(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item, key)]));
};

describe('histories recorded from AWS', () => {
  it.each(cases)('$name is replayed event by event', async (recorded) => {
    expect(await replay(recorded)).toEqual(recorded.events.map((event) => comparable(event)));
  });
});
