import { type Case, machine, whole } from './case.ts';

/** One expression, as the output of a Pass and as what a Task sends. */
const expressions = (entries: Readonly<Record<string, string>>): readonly Case[] =>
  Object.entries(entries).flatMap(([name, text]) => [
    whole(
      `${name} in an output`,
      { list: [1, 2, 3], word: 'shop', none: null, deep: { a: [{ b: 1 }, { b: 2 }] } },
      machine(['Say', { Type: 'Pass', Output: `{% ${text} %}`, End: true }]),
    ),
  ]);

/** The functions of JSONata and those that Step Functions adds. */
export const FUNCTIONS = expressions({
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
