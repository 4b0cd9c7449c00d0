import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { describe, expect, it, test } from 'vitest';
import { addedFunctions } from '../../../../sandbox/stepfunctions/jsonata/functions.ts';
import { functionNames } from '../../../../sandbox/stepfunctions/lint/function-names.ts';
import { definitionProblems, lintDefinition } from '../../../../sandbox/stepfunctions/lint/lint.ts';

type Json = Record<string, unknown>;

const machine = (States: Json, StartAt = Object.keys(States)[0]) => ({
  QueryLanguage: 'JSONata',
  StartAt,
  States,
});
const task = (more: Json = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f' },
  ...more,
});
const pass = (more: Json = {}) => ({ Type: 'Pass', End: true, ...more });
const output = (text: string) => machine({ A: pass({ Output: `{% ${text} %}` }) });
const caught = (rule: Json, next: Json) =>
  machine({
    Try: task({
      Assign: { done: 1 },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Last', ...rule }],
      Next: 'Last',
    }),
    Last: pass(next),
  });

describe('a variable has a value on every path that leads to where it is read', () => {
  test.each([
    ['never', output('$nothing'), 'A/Output: $nothing is never assigned'],
    [
      'not after a Catch',
      caught({}, { Output: '{% $done %}' }),
      'Last/Output: $done is not assigned on every path: not by way of "Try"',
    ],
    [
      'not by way of a Default',
      machine({
        'Which?': {
          Type: 'Choice',
          Choices: [{ Condition: '{% true %}', Next: 'Last', Assign: { x: 1 } }],
          Default: 'Last',
        },
        Last: pass({ Output: '{% $x %}' }),
      }),
      'Last/Output: $x is not assigned on every path: not by way of "Which?"',
    ],
    [
      'not yet, in the state that assigns it',
      machine({ A: pass({ Assign: { x: 1, y: '{% $x %}' } }) }),
      'A/Assign/y: $x is not assigned on every path',
    ],
    [
      'no longer, after the branch that assigned it',
      machine({
        Fork: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'In', States: { In: pass({ Assign: { x: 1 } }) } }],
          Next: 'Last',
        },
        Last: pass({ Output: '{% $x %}' }),
      }),
      'Last/Output: $x is never assigned',
    ],
    [
      'deep in a filter of a branch',
      machine({
        Fork: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'In', States: { In: pass({ Output: '{% $states.input.all[id = $own].n %}' }) } },
          ],
          End: true,
        },
      }),
      'Fork/Branches[0]/In/Output: $own is never assigned',
    ],
  ])('%s', (_, definition, problem) => {
    expect(definitionProblems(definition)).toEqual([problem]);
  });

  test.each([
    ['a Catch that assigns it too', caught({ Assign: { done: 0 } }, { Output: '{% $done %}' })],
    [
      'a loop back to before it was assigned',
      machine({
        First: pass({ Assign: { n: 0 }, Next: 'Count', End: undefined }),
        Count: pass({ Assign: { n: '{% $n + 1 %}' }, Next: 'Enough?', End: undefined }),
        'Enough?': {
          Type: 'Choice',
          Choices: [{ Condition: '{% $n < 3 %}', Next: 'Count' }],
          Default: 'Last',
        },
        Last: pass({ Output: '{% $n %}' }),
      }),
    ],
    [
      'the states of a Map, for what is outside',
      machine({
        First: pass({ Assign: { n: 0 }, Next: 'Each', End: undefined }),
        Each: {
          Type: 'Map',
          Items: '{% [1, 2] %}',
          ItemProcessor: { StartAt: 'In', States: { In: pass({ Output: '{% $n %}' }) } },
          Assign: { all: '{% $states.result %}' },
          End: true,
        },
      }),
    ],
    [
      'names that the expression binds itself',
      output('($x := 1; $f := function($y) { $y < 1 ? $f($y + 1) : $x }; $f(0))'),
    ],
    ['positions and items of a path', output('$states.input.a@$i.b#$j.{"at": $j, "of": $i}')],
    ['items in filters, orders and groups', output('$states.input.a[$.b > c]^(>d){e: $sum(f)}')],
  ])('it has: %s', (_, definition) => {
    expect(lintDefinition(JSON.parse(JSON.stringify(definition)))).toEqual([]);
  });
});

describe('what an expression can’t have', () => {
  test.each([
    [
      '$states.result',
      'A/Output: $states.result is only in Assign and Output of a Task, Parallel or Map state',
    ],
    ['$states.errorOutput.Error', 'A/Output: $states.errorOutput is only in Assign and Output of a Catch'],
    [
      '$states.inptu',
      'A/Output: $states has no field "inptu"; it has input, context, result and errorOutput',
    ],
    ['$eval("1")', 'A/Output: Step Functions has no $eval; for JSON text use $parse'],
    ['$lenght("a")', 'A/Output: there is no function $lenght'],
    ['$', 'A/Output: "$" stands for nothing at the top level; read $states.input'],
    ['$$.a', 'A/Output: "$$" stands for nothing at the top level; read $states.input'],
    ['a.b', 'A/Output: "a" stands for nothing at the top level; read $states.input'],
  ])('%s', (text, problem) => {
    expect(definitionProblems(output(text))).toEqual([problem]);
  });

  it('has a result only after the call, and in a Catch the error instead', () => {
    const both = { before: '{% $states.result %}' };
    expect(
      definitionProblems(
        machine({
          A: task({
            Arguments: both,
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', Output: '{% $states.result %}' }],
            Next: 'B',
          }),
          B: pass(),
        }),
      ),
    ).toEqual([
      'A/Arguments/before: $states.result is only in Assign and Output of a Task, Parallel or Map state',
      'A/Catch[0]/Output: $states.result is only in Assign and Output of a Task, Parallel or Map state',
    ]);
  });
});

describe('names', () => {
  test.each([
    ['states', 'A/Assign: "states" is reserved'],
    ['no name', 'A/Assign: "no name" is no variable name: a letter, then letters, digits and _, 80 at most'],
  ])('%s can’t be assigned', (name, problem) => {
    expect(definitionProblems(machine({ A: pass({ Assign: { [name]: 1 } }) }))).toEqual([problem]);
  });

  it('can’t be those of a variable outside', () => {
    const inner = { StartAt: 'In', States: { In: pass({ Assign: { x: 2 } }) } };
    expect(
      definitionProblems(
        machine({ Fork: { Type: 'Parallel', Branches: [inner], Assign: { x: 1 }, End: true } }),
      ),
    ).toEqual(['Fork/Branches[0]/In/Assign: "x" is already the name of a variable outside']);
  });
});

test.each([['plain'], [7], [null], [[1, [2]]], [''], [{ a: '' }], ['{% 1\n+ 1 %}']])(
  'an Output may be any JSON value: %j',
  (Output) => {
    expect(definitionProblems(machine({ A: pass({ Output }) }))).toEqual([]);
  },
);

test('States.ALL stands alone and last', () => {
  const Retry = [{ ErrorEquals: ['States.ALL', 'Mine'] }, { ErrorEquals: ['Mine'] }];
  expect(definitionProblems(machine({ A: task({ Retry, End: true }) }))).toEqual([
    'A/Retry[0]/ErrorEquals: "States.ALL" must stand alone',
    'A/Retry[0]: "States.ALL" must be the last rule',
  ]);
});

// ASL specification, "Errors" and "Task State": what each field may be.
test.each([
  [
    { TimeoutSeconds: 10, HeartbeatSeconds: 10 },
    'HeartbeatSeconds must be below TimeoutSeconds (10), got 10',
  ],
  [{ Retry: [{ ErrorEquals: ['No'], BackoffRate: 0.9 }] }, 'Retry[0]/BackoffRate must be 1 or more, got 0.9'],
  [
    { Retry: [{ ErrorEquals: ['No'], IntervalSeconds: 9, MaxDelaySeconds: 9 }] },
    'Retry[0]/MaxDelaySeconds must be above IntervalSeconds (9) and below 31622400, got 9',
  ],
  [{ Catch: [{ ErrorEquals: [], Next: 'A' }] }, 'Catch[0]/ErrorEquals must name at least one error'],
  [{ TimeoutSeconds: 1.5 }, 'TimeoutSeconds must be a whole number from 1 to 99999999, got 1.5'],
])('numbers are as the language allows: %j', (more, problem) => {
  expect(definitionProblems(machine({ A: task({ ...more, End: true }) }))).toContain(`A/${problem}`);
});

test('all problems are listed at once, whatever shape the definition has', () => {
  expect(
    definitionProblems(machine({ A: { Type: 'Pass', Next: 'B' }, C: pass({ Output: '{% $x %}' }) })),
  ).toEqual([
    expect.stringContaining('State C is not reachable'),
    expect.stringContaining('target: B'),
    'C/Output: $x is never assigned',
  ]);
  for (const odd of [null, 3, [], {}, { States: 3 }, { StartAt: 'A', States: { A: 3 } }]) {
    expect(definitionProblems(odd)).not.toEqual([]);
  }
});

describe('what we ask of our own machine beyond what Step Functions does', () => {
  const choice = (Condition: string) =>
    machine({
      First: pass({ Assign: { n: 1 }, Next: 'A', End: undefined }),
      A: { Type: 'Choice', Choices: [{ Condition: `{% ${Condition} %}`, Next: 'B' }], Default: 'B' },
      B: pass(),
    });
  const clean = (definition: unknown) => JSON.parse(JSON.stringify(definition)) as unknown;

  test.each(['$n > 1 and $states.input.ready', '$exists($states.input.a)', '$n in [1, 2]'])(
    '%s is plain',
    (text) => {
      expect(lintDefinition(clean(choice(text)))).toEqual([]);
    },
  );

  test.each([
    '$number($states.input.a) > 1',
    '$states.context.Execution.Name = "a"',
    '$states.input.a[0] = 1',
  ])('a Choice can’t catch what %s may throw', (text) => {
    expect(definitionProblems(clean(choice(text)))).toEqual([]);
    expect(lintDefinition(clean(choice(text)))).toEqual([expect.stringContaining('A/Choices[0]/Condition')]);
  });

  it('has no variable that hides a function', () => {
    expect(lintDefinition(machine({ A: pass({ Assign: { floor: 1 } }) }))).toEqual([
      'Assign: "floor" hides the function $floor',
    ]);
  });
});

test('every definition that AWS accepted for a recording is accepted', () => {
  const recorded = readFileSync(new URL('../../../fixtures/states-recorded.json', import.meta.url), 'utf8');
  const { cases } = JSON.parse(
    recorded.replaceAll('__tbd__', 'arn:aws:lambda:eu-west-1:111122223333:function:f'),
  ) as {
    cases: { definition: unknown }[];
  };
  expect(cases.flatMap(({ definition }) => definitionProblems(definition))).toEqual([]);
});

test('the functions are those of the jsonata package, those of Step Functions, and no $eval', async () => {
  const theirs = [...functionNames].filter((name) => !(addedFunctions as readonly string[]).includes(name));
  const known = await jsonata(`[${theirs.map((name) => `$exists($${name})`).join()}]`).evaluate(undefined);
  expect(theirs.filter((_, index) => known[index] !== true)).toEqual([]);
  expect(functionNames.has('eval')).toBe(false);
});
