import { call, done, everything, machine, whole } from './case.ts';

/** Rules, defaults, and what they assign. */
export const CHOICES = ['a', 'b', 'none'].map((pick) =>
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

/** Errors, and where they lead. */
export const FAILURES = [
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
/** What is tried again, and what catches it. */
export const RETRIES = [
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
