import { expect, test } from 'vitest';
import { checkLines, sorted } from '../../../cli/doctor/check.ts';

const subjects = [
  { path: 'workload.primary', say: 'it serves' },
  { path: 'workload', say: 'both are apart' },
];

test('each problem stands with what it is about, the closest first', () => {
  const problems = ['workload.primary: is paused; resume it', 'workload.container: is missing; name another'];
  expect(sorted(subjects, problems).map((check) => check.problems)).toEqual([[problems[0]], [problems[1]]]);
});

test('a path that only begins alike is about something else', () => {
  expect(sorted(subjects, ['workloads: odd']).at(-1)).toEqual({
    path: 'workloads',
    say: '',
    problems: ['workloads: odd'],
  });
});

test('a line a check: ok or the problem, and notes', () => {
  const checks = sorted(subjects, ['workload: two lines\nof it']);
  const noted = checks.map((check) =>
    check.path === 'workload.primary' ? { ...check, note: 'one pod only' } : check,
  );
  expect(checkLines(noted)).toBe(
    [
      'ok        workload.primary: it serves',
      'note      workload.primary: one pod only',
      'problem   workload: two lines',
      '          of it',
      '',
    ].join('\n'),
  );
});
