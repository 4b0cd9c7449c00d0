import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FUNCTIONS, STATE_FUNCTIONS } from '../../infra/functions.ts';
import { ErrorName } from '../../lambdas/core/errors.ts';
import { DONE, SAFE_FROM, UNDOING } from '../../lambdas/core/safety/history.ts';
import { lintDefinition } from '../../sandbox/stepfunctions/lint/lint.ts';

interface Handler {
  readonly ErrorEquals: readonly string[];
  readonly Next?: string;
  readonly MaxAttempts?: number;
}
interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Arguments?: { readonly FunctionName: string };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Handler[];
  readonly Catch?: readonly Handler[];
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Error?: string;
}

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'statemachine/rollout.asl.json'), 'utf8');
const definition = JSON.parse(text) as { StartAt: string; States: Record<string, State> };
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const pascal = (name: string) => name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
const verbOf = (state: State) =>
  /\$\{(\w+)FunctionArn\}/.exec(state.Arguments?.FunctionName ?? '')?.[1] ?? 'none';
const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

describe('states, files, functions and substitutions are the same words', () => {
  const files = (folder: string) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.replace('.ts', ''))
      .sort();

  test('every file of lambdas/ is a function that a state calls, and the other way round', () => {
    expect(files('lambdas')).toEqual(STATE_FUNCTIONS.map(({ name }) => name).sort());
    expect([...new Set(tasks.map(([, state]) => verbOf(state)))].sort()).toEqual(
      files('lambdas').map(pascal).sort(),
    );
  });

  test('every file of lambdas/events/ is a function that no state calls', () => {
    const events = FUNCTIONS.filter(({ caller }) => caller !== 'stateMachine').map(({ name }) => name);
    expect(files('lambdas/events')).toEqual(events.sort());
  });

  test('a handler says in its first comment which states it is', () => {
    const said = files('lambdas')
      .map((name) => readFileSync(join(root, 'lambdas', `${name}.ts`), 'utf8'))
      .join('\n');
    expect(tasks.filter(([name]) => !said.includes(`"${name}"`)).map(([name]) => name)).toEqual([]);
  });
});

describe('the page for operators', () => {
  test('has no problem that asl-validator’s and our own lint find', () => {
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:$1';
    expect(lintDefinition(JSON.parse(text.replace(/\$\{(\w+)\}/g, arn)))).toEqual([]);
  });

  test.each(states)('"%s" says why in one line', (_, { Comment = '' }) => {
    expect(Comment).toMatch(/^[A-Z].{10,180}[.?]$/);
  });

  test('names are sentences without numbers: choices are questions, nothing else is', () => {
    expect(states.filter(([name]) => !/^[A-Z][a-z -]+\??$/.test(name)).map(([name]) => name)).toEqual([]);
    expect(
      states.filter(([name, { Type }]) => name.endsWith('?') !== (Type === 'Choice')).map(([name]) => name),
    ).toEqual([]);
  });
});

describe('nothing that cannot be caught computes', () => {
  const expressions = (value: unknown): string[] =>
    JSON.stringify(value ?? null)
      .match(/\{%.*?%\}/g)
      ?.map((text) => text.slice(2, -2).trim()) ?? [];

  test('a Catch assigns what was caught, unread, and constants', () => {
    const assigned = tasks.flatMap(([, { Catch = [] }]) =>
      Catch.flatMap((handler) => expressions((handler as { Assign?: unknown }).Assign)),
    );
    expect([...new Set(assigned)]).toEqual(['$states.errorOutput']);
  });

  test('a Choice compares, and a Wait reads a number that a function has returned', () => {
    const waits = states.filter(([, { Type }]) => Type === 'Wait');
    expect([...new Set(waits.flatMap(([, state]) => expressions(state)))]).toEqual(['$waitSeconds']);
    const choices = states
      .filter(([, { Type }]) => Type === 'Choice')
      .flatMap(([, state]) => expressions(state));
    expect(choices.filter((text) => /\$(?!not\b)[\w.]+\(/.test(text))).toEqual([]);
  });
});

describe('no path out of a task leaves traffic where it should not be', () => {
  const next = ({ Next, Default, Choices = [], Catch = [] }: State) =>
    [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((handler) => handler.Next)].filter(
      (name) => name !== undefined,
    );

  test.each(tasks)(
    '"%s" has a time-out, names retries of its own first, and catches everything at last',
    (_, state) => {
      expect(state.TimeoutSeconds).toBeGreaterThan(0);
      expect(state.Retry?.[0]?.ErrorEquals[0]).toMatch(/^Canary\./);
      expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    },
  );

  /** Every state that can be reached from `from` without passing one of `over`. */
  const reachable = (from: string, over: readonly string[]): Set<string> => {
    const seen = new Set<string>();
    const visit = (name: string) => {
      if (seen.has(name) || over.includes(name)) return;
      seen.add(name);
      for (const following of next(definition.States[name] as State)) visit(following);
    };
    for (const first of next(definition.States[from] as State)) visit(first);
    return seen;
  };
  const restoring = ['Roll back', 'Keep canary serving', 'Insist on primary'];
  const ends = (names: Iterable<string>) =>
    [...names].filter((name) => ['Succeed', 'Fail'].includes(definition.States[name]?.Type ?? ''));

  test('from the first write on, every end but "Fenced off" comes after a restore or after traffic has returned', () => {
    const over = [...restoring, 'Return traffic to primary'];
    expect(ends(reachable('Take route', over))).toEqual(['Fenced off']);
  });

  test('the first write comes after the whole preflight, and what the preflight refuses was not touched', () => {
    const writes = [
      'DeployCanary',
      'MatchCapacity',
      'ShiftTraffic',
      'PromotePrimary',
      'Restore',
      'RetireCanary',
    ];
    const before = reachable('Claim rollout', ['Take route']);
    const verbs = [...before, 'Claim rollout'].map((name) => verbOf(definition.States[name] as State));
    expect(verbs.filter((verb) => writes.includes(verb))).toEqual([]);
    expect(before).toContain('Check workload');
  });

  test('once the primary is about to change, errors lead to the canary, not to the old primary', () => {
    for (const name of ['Promote primary', 'Check primary pods', 'Record primary as safe']) {
      expect(definition.States[name]?.Catch?.at(-1)?.Next).toBe('Keep canary serving');
    }
  });

  test('a rolled-back execution ends in Fail, and only promotion in Succeed (I7)', () => {
    expect(states.filter(([, { Type }]) => Type === 'Succeed').map(([name]) => name)).toEqual(['Promoted']);
    expect([...reachable('Roll back', [])]).not.toContain('Promoted');
  });

  test('restore is retried longest of all', () => {
    const attempts = (state: State) =>
      Math.max(...(state.Retry ?? []).map(({ MaxAttempts = 3 }) => MaxAttempts));
    const others = tasks
      .filter(([, state]) => verbOf(state) !== 'Restore')
      .map(([, state]) => attempts(state));
    for (const name of restoring)
      expect(attempts(definition.States[name] as State)).toBeGreaterThan(Math.max(...others));
  });
});

test('error names: whatever a state matches is thrown somewhere, and whatever is declared is used', () => {
  const matched = new Set(
    tasks.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    ),
  );
  const declared = Object.entries(ErrorName);
  const ours = [...matched].filter((name) => name.startsWith('Canary.'));
  expect(ours.filter((name) => !declared.some(([, value]) => value === name))).toEqual([]);
  const code = sources('lambdas').join('\n');
  const ended = states.map(([, { Error: name }]) => name);
  const unused = declared.filter(
    ([key, value]) =>
      !code.includes(`ErrorName.${key}`) &&
      !code.includes(`CanaryError('${value}'`) &&
      !ended.includes(value),
  );
  expect(unused).toEqual([]);
});

test('the states that rescue and watchdog look for in a history are there, by these very names', () => {
  const looked = [...Object.keys(SAFE_FROM), ...DONE, ...UNDOING];
  expect(looked.filter((name) => definition.States[name] === undefined)).toEqual([]);
  const restoringBack = tasks.filter(
    ([name, state]) => verbOf(state) === 'Restore' && name !== 'Insist on primary',
  );
  expect([...UNDOING].sort()).toEqual(restoringBack.map(([name]) => name).sort());
  const finishing = tasks.filter(([, state]) => verbOf(state) === 'FinishRollout').map(([name]) => name);
  expect([...DONE].sort()).toEqual(finishing.sort());
});
