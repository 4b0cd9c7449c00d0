/** A state machine with its input, and what the functions that it calls answer in turn (the last one again and again). */
export interface Case {
  readonly name: string;
  readonly definition: Record<string, unknown>;
  readonly input: unknown;
  readonly tasks: Readonly<Record<string, readonly Answer[]>>;
}

/** A function that is not in `tasks` answers its payload. */
export type Answer =
  | { readonly payload: unknown }
  | { readonly error: string; readonly cause: string }
  | { readonly echo: true };

type State = Readonly<Record<string, unknown>>;

const machine = (...states: readonly (readonly [name: string, state: State])[]) => ({
  StartAt: states[0]?.[0],
  States: Object.fromEntries(states),
});

const whole = (name: string, input: unknown, definition: object, tasks: Case['tasks'] = {}): Case => ({
  name,
  definition: { QueryLanguage: 'JSONata', ...definition },
  input,
  tasks,
});

const call = (FunctionName: string, Payload: unknown, more: State): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName, Payload },
  ...more,
});

const done: State = { Type: 'Succeed' };
const everything = { v: '{% $v %}', input: '{% $states.input %}' };

/** One expression, as the output of a Pass and as what a Task sends. */
const expressions = (entries: Readonly<Record<string, string>>): readonly Case[] =>
  Object.entries(entries).flatMap(([name, text]) => [
    whole(
      `${name} in an output`,
      { list: [1, 2, 3], word: 'shop', none: null, deep: { a: [{ b: 1 }, { b: 2 }] } },
      machine(['Say', { Type: 'Pass', Output: `{% ${text} %}`, End: true }]),
    ),
  ]);

const FUNCTIONS = expressions({
  'partition by two': '$partition($states.input.list, 2)',
  'partition by more': '$partition($states.input.list, 9)',
  'range up': '$range(1, 7, 2)',
  'range down': '$range(5, 1, -2)',
  'hash with SHA-256': "$hash($states.input.word, 'SHA-256')",
  'hash with MD5': "$hash('a', 'MD5')",
  'parse of an object': '$parse(\'{"a": [1, null]}\')',
  'a field that is not there': '$states.input.missing',
  'null is a value': '$states.input.none',
  'a sequence': '$states.input.deep.a.b',
  'a sequence of one': '$states.input.deep.a[b = 2].b',
  'an empty array': '[]',
  'map and filter': '$filter($map($states.input.list, function($n) { $n * 2 }), function($n) { $n > 2 })[]',
  reduce: '$reduce($states.input.list, function($a, $b) { $a + $b })',
  'text with numbers': "'n=' & 1.5 & ' ' & true",
  'a division': '7 / 2',
  'adding text': "'a' + 1",
  'a number that is none': "$number('x')",
  'an error of its own': "$error('stop here')",
  'an assertion': "$assert(false, 'must not')",
  'a function as value': 'function($x) { $x }',
  'a conditional without else': 'false ? 1',
  'sorted numbers': '$sort($states.input.list, function($a, $b) { $a < $b })',
  'merged objects': "$merge([{'a': 1}, {'b': 2}])",
  'keys of an object': '$keys($states.input.deep)',
  'exists and not': '$exists($states.input.none) and $not($exists($states.input.missing))',
  'padding and upper case': "$uppercase($pad($states.input.word, 6, '#'))",
  'split and joined': "$join($split('a,b,c', ','), '-')",
  'rounding half to even': '[$round(2.5), $round(3.5)]',
  'text from milliseconds': '$fromMillis(0)',
  'milliseconds from text': "$toMillis('2026-01-02T03:04:05Z')",
  'a base of the number': '$formatBase(255, 16)',
  'a formatted number': "$formatNumber(12345.6, '#,###.00')",
  'the state machine': '$states.context.StateMachine.Name = $states.context.StateMachine.Name',
  'the state': '$states.context.State.Name',
});

const CHOICES = ['a', 'b', 'none'].map((pick) =>
  whole(
    `choice of ${pick}`,
    { pick, n: 3 },
    machine(
      ['Begin', { Type: 'Pass', Assign: { v: '{% $states.input.n %}' }, Next: 'Pick' }],
      [
        'Pick',
        {
          Type: 'Choice',
          Choices: [
            {
              Condition: "{% $states.input.pick = 'a' %}",
              Assign: { v: '{% $v + 1 %}' },
              Output: 'was a',
              Next: 'End here',
            },
            { Condition: "{% $states.input.pick = 'b' and $v > 2 %}", Next: 'End here' },
          ],
          Default: 'Refuse',
          Assign: { v: 'default' },
          Output: { said: '{% $states.input.pick %}' },
        },
      ],
      ['Refuse', { Type: 'Fail', Error: 'Pick.None', Cause: "{% 'nothing for ' & $states.input.said %}" }],
      ['End here', { Type: 'Succeed', Output: everything }],
    ),
  ),
);

const FAILURES = [
  whole(
    'choice without a match and without a default',
    {},
    machine(
      ['Pick', { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }] }],
      ['End', done],
    ),
  ),
  whole(
    'a condition that is no boolean',
    {},
    machine(
      ['Pick', { Type: 'Choice', Choices: [{ Condition: "{% 'yes' %}", Next: 'End' }], Default: 'End' }],
      ['End', done],
    ),
  ),
  whole('fail without words', {}, machine(['Stop', { Type: 'Fail' }])),
  whole(
    'fail with an expression that fails',
    {},
    machine(['Stop', { Type: 'Fail', Error: 'A', Cause: '{% $states.input.missing %}' }]),
  ),
  whole(
    'fail with a number as cause',
    {},
    machine(['Stop', { Type: 'Fail', Error: 'A', Cause: '{% 1 + 1 %}' }]),
  ),
  whole(
    'a wait for no number',
    {},
    machine(['Rest', { Type: 'Wait', Seconds: "{% 'a' %}", Next: 'End' }], ['End', done]),
  ),
];

const retried = { ErrorEquals: ['Oops'], MaxAttempts: 2, IntervalSeconds: 1 };
const oops = { error: 'Oops', cause: 'once more' };
const RETRIES = [
  whole(
    'a retry that helps',
    { n: 1 },
    machine(['Call', call('f', { n: '{% $states.input.n %}' }, { Retry: [retried], End: true })]),
    { f: [oops, oops, { payload: { ok: true } }] },
  ),
  whole(
    'a retry that does not help, caught with Assign and Output',
    { n: 1 },
    machine(
      ['Begin', { Type: 'Pass', Assign: { v: 1 }, Next: 'Call' }],
      [
        'Call',
        call('f', '{% $states.input %}', {
          Retry: [retried],
          Catch: [
            { ErrorEquals: ['Other'], Next: 'End' },
            {
              ErrorEquals: ['States.ALL'],
              Assign: { v: '{% $v + 1 %}' },
              Output: { why: '{% $states.errorOutput %}', from: '{% $states.input %}' },
              Next: 'End',
            },
          ],
          Assign: { v: 'not reached' },
          Next: 'End',
        }),
      ],
      ['End', { Type: 'Succeed', Output: everything }],
    ),
    { f: [oops] },
  ),
  whole(
    'an output that fails after the call is caught',
    {},
    machine(
      [
        'Call',
        call('f', 1, {
          Output: '{% $states.result.missing %}',
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'End' }],
          Next: 'End',
        }),
      ],
      ['End', done],
    ),
  ),
  whole(
    'arguments that fail are caught',
    {},
    machine(
      [
        'Call',
        call('f', '{% $states.input.missing %}', {
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }],
          Next: 'End',
        }),
      ],
      ['End', { Type: 'Succeed', Output: 'caught' }],
    ),
  ),
  whole(
    'an error that nobody catches',
    {},
    machine(
      ['Call', call('f', 1, { Catch: [{ ErrorEquals: ['Other'], Next: 'End' }], End: true })],
      ['End', done],
    ),
    { f: [oops] },
  ),
  whole(
    'what a catch gives on by itself',
    { kept: 1 },
    machine(
      ['Call', call('f', 1, { Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'End' }], End: true })],
      ['End', done],
    ),
    { f: [oops] },
  ),
  whole(
    'a result assigned and put out',
    {},
    machine(
      [
        'Call',
        call(
          'f',
          { a: 1 },
          {
            Assign: { v: '{% $states.result.Payload.list[0] %}' },
            Output: '{% $states.result.Payload.list %}',
            Next: 'End',
          },
        ),
      ],
      ['End', { Type: 'Succeed', Output: everything }],
    ),
    { f: [{ payload: { list: [5, 6] } }] },
  ),
];

const doubled = {
  ProcessorConfig: { Mode: 'INLINE' },
  ...machine(['Double', { Type: 'Pass', Output: '{% $states.input * 2 %}', End: true }]),
};
const BRANCHES = [
  whole(
    'map over a list',
    { list: [1, 2, 3] },
    machine(['Each', { Type: 'Map', Items: '{% $states.input.list %}', ItemProcessor: doubled, End: true }]),
  ),
  whole(
    'map with a selector, one at a time',
    { list: ['a', 'b'], by: 7 },
    machine([
      'Each',
      {
        Type: 'Map',
        MaxConcurrency: 1,
        Items: '{% $states.input.list %}',
        ItemSelector: {
          at: '{% $states.context.Map.Item.Index %}',
          of: '{% $states.context.Map.Item.Value %}',
          by: '{% $states.input.by %}',
        },
        ItemProcessor: machine(['Same', { Type: 'Pass', End: true }]),
        Output: '{% $count($states.result) %}',
        End: true,
      },
    ]),
  ),
  whole(
    'map over nothing',
    { list: [] },
    machine(['Each', { Type: 'Map', Items: '{% $states.input.list %}', ItemProcessor: doubled, End: true }]),
  ),
  whole(
    'map over what is no list',
    { list: 'abc' },
    machine(['Each', { Type: 'Map', Items: '{% $states.input.list %}', ItemProcessor: doubled, End: true }]),
  ),
  whole(
    'map whose iteration fails, caught',
    { list: [1] },
    machine(
      [
        'Each',
        {
          Type: 'Map',
          Items: '{% $states.input.list %}',
          ItemProcessor: machine(['Stop', { Type: 'Fail', Error: 'Item.Bad', Cause: 'bad' }]),
          Catch: [{ ErrorEquals: ['Item.Bad'], Output: '{% $states.errorOutput %}', Next: 'End' }],
          End: true,
        },
      ],
      ['End', done],
    ),
  ),
  whole(
    'parallel branches with variables of their own',
    { n: 2 },
    machine(
      ['Begin', { Type: 'Pass', Assign: { v: 10 }, Next: 'Both' }],
      [
        'Both',
        {
          Type: 'Parallel',
          Branches: [
            machine(
              ['Inner', { Type: 'Pass', Assign: { w: '{% $v + 1 %}' }, Next: 'Inner end' }],
              ['Inner end', { Type: 'Pass', Output: '{% $w + $states.input.n %}', End: true }],
            ),
            machine(['Other', { Type: 'Pass', Output: { seen: '{% $v %}' }, End: true }]),
          ],
          Assign: { v: '{% $states.result[0] %}' },
          Next: 'End',
        },
      ],
      ['End', { Type: 'Succeed', Output: everything }],
    ),
  ),
  whole(
    'parallel with arguments, and a branch that fails',
    {},
    machine([
      'Both',
      {
        Type: 'Parallel',
        Arguments: { given: 1 },
        Branches: [machine(['Stop', { Type: 'Fail', Error: 'Branch.Bad', Cause: 'bad' }])],
        Retry: [{ ErrorEquals: ['Branch.Bad'], MaxAttempts: 1 }],
        End: true,
      },
    ]),
  ),
];

/** What every machine of ours leans on, written by hand. */
export const cases: readonly Case[] = [...FUNCTIONS, ...CHOICES, ...FAILURES, ...RETRIES, ...BRANCHES];
