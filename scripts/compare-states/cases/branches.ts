import { done, everything, machine, whole } from './case.ts';

const doubled = {
  ProcessorConfig: { Mode: 'INLINE' },
  ...machine(['Double', { Type: 'Pass', Output: '{% $states.input * 2 %}', End: true }]),
};
/** Map and Parallel. */
export const BRANCHES = [
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
