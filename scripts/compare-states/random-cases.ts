import { drawing } from '../drawing.ts';
import type { Answer, Case } from './cases/case.ts';

type State = Record<string, unknown>;

const VALUES = [
  ...['{% $states.input %}', '{% $states.input.n + 1 %}', '{% $a %}', '{% $b & $states.input.word %}'],
  ...[
    '{% $a * 2 - $states.input.n %}',
    '{% $states.input.list[$ > 1] %}',
    '{% $count($states.input.list) %}',
  ],
  ...['{% $append($states.input.list, $a) %}', "{% {'n': $a, 'word': $b, 'list': [1, $a]} %}"],
  ...['{% $states.input.deep.a.b %}', '{% $sum($states.input.list) / 3 %}', '{% $string($states.input) %}'],
  ...['{% $partition([1..5], 2) %}', '{% $range(0, $a, 1) %}', "{% $hash($b, 'SHA-1') %}", 'plain', 7, null],
  ...[
    '{% [$states.input.n] %}',
    '{% $states.input.missing %}',
    '{% $b + 1 %}',
    '{% $lookup($states.input, $b) %}',
  ],
  ...[
    '{% $states.input.list.({"i": $}) %}',
    '{% $type($states.input) %}',
    '{% $boolean($states.input.word) %}',
  ],
  { n: '{% $a %}', word: 'w', list: ['{% $b %}', 2, 3], deep: { a: [{ b: '{% $a %}' }] } },
  { n: 5, word: '{% $b %}', list: [], deep: {} },
] as const;
const CONDITIONS = [
  '$a > 2',
  "$b = 'shop'",
  '$states.input.n < 3',
  'true',
  '$exists($states.input.word)',
  'false',
];
const INPUTS = [
  { n: 1, word: 'shop', list: [1, 2, 3], deep: { a: [{ b: 1 }, { b: 2 }] } },
  { n: 4, word: '', list: [2], deep: { a: [] } },
  { n: 0 },
];
const ANSWERS: readonly Answer[] = [
  { payload: 3 },
  { payload: { n: 2, word: 'told', list: [4, 5] } },
  { payload: [1, 2] },
  { payload: 'text' },
  { error: 'Oops', cause: 'once more' },
  { error: 'Canary.Late', cause: 'late' },
];
const ERRORS = ['Oops', 'Canary.Late', 'States.TaskFailed', 'States.QueryEvaluationError', 'States.ALL'];

const CONSTANTS = ['plain', 7, null, { n: 5, word: 'w', list: [1, 2] }];

/** How deep branches may lie in branches. */
const OUTERMOST = 2;

/** Builds one machine whose states lead only to later ones, so that it ends. */
class MachineMaker {
  readonly tasks: Record<string, readonly Answer[]> = {};
  readonly #random: () => number;
  #functions = 0;
  #states = 0;
  #depth = OUTERMOST;

  constructor(random: () => number) {
    this.#random = random;
  }

  graph(length: number, depth: number, first?: State): State {
    const outside = this.#depth;
    this.#depth = depth;
    const names = Array.from({ length }, () => `S${++this.#states}`);
    const states = names.map((name, at): [string, State] => {
      const later = names.slice(at + 1);
      if (at === 0 && first !== undefined) return [name, this.#leading(first, later)];
      return [name, later.length === 0 ? this.#last() : this.#middle(later, depth)];
    });
    this.#depth = outside;
    return { StartAt: names[0], States: Object.fromEntries(states) };
  }

  #draw<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }

  #leading(state: State, later: readonly string[]): State {
    return later.length === 0 ? { ...state, End: true } : { ...state, Next: later[0] };
  }

  #last(): State {
    const kind = this.#draw(['Succeed', 'Succeed', 'Pass', 'Fail']);
    if (kind === 'Fail')
      return { Type: 'Fail', Error: 'Gone.Wrong', Cause: this.#draw(['plain', '{% $b %}']) };
    return { Type: kind, ...this.#output(), ...(kind === 'Pass' ? { End: true } : {}) };
  }

  #output(): State {
    return this.#random() < 0.6 ? { Output: this.#draw(VALUES) } : {};
  }

  #assigned(values: readonly unknown[] = VALUES): State {
    // A variable may not have the name of one outside: a branch has its own.
    const names = this.#depth === OUTERMOST ? ['a', 'b'] : [`inner${this.#depth}`];
    return { Assign: { [this.#draw(names)]: this.#draw(values) } };
  }

  /** Beside an Assign, moto's Output sees the new values, where AWS's sees the old ones: so the two are not together. */
  #leaving(): State {
    const what = this.#random();
    return what < 0.4 ? this.#output() : what < 0.8 ? this.#assigned() : {};
  }

  #middle(later: readonly string[], depth: number): State {
    const kinds = ['Pass', 'Choice', 'Task', 'Task', 'Wait', ...(depth > 0 ? ['Parallel', 'Map'] : [])];
    const kind = this.#draw(kinds);
    if (kind === 'Choice') return this.#choice(later);
    const common = { ...this.#leaving(), Next: later[0] };
    if (kind === 'Wait') return { Type: 'Wait', Seconds: this.#draw([1, 20, '{% $a %}']), ...common };
    if (kind === 'Task') return { ...this.#task(), ...this.#handlers(later), ...common };
    if (kind === 'Map') return { ...this.#map(depth), ...this.#handlers(later), ...common };
    if (kind === 'Parallel') return { ...this.#parallel(depth), ...this.#handlers(later), ...common };
    return { Type: 'Pass', ...common };
  }

  #choice(later: readonly string[]): State {
    // moto takes a rule that leads where Default leads for Default, and its Assign and Output too.
    const elsewhere = later.length > 1 ? later.slice(1) : later;
    const speaks = later.length > 1 && this.#random() < 0.5;
    const leaves = () => (speaks ? { ...this.#assigned(CONSTANTS), Output: this.#draw(CONSTANTS) } : {});
    const rule = () => ({
      Condition: `{% ${this.#draw(CONDITIONS)} %}`,
      ...leaves(),
      Next: this.#draw(elsewhere),
    });
    const Choices = this.#random() < 0.5 ? [rule()] : [rule(), rule()];
    return { Type: 'Choice', Choices, Default: later[0], ...leaves() };
  }

  #task(): State {
    const FunctionName = `f${++this.#functions}`;
    this.tasks[FunctionName] = [this.#draw(ANSWERS), this.#draw(ANSWERS)];
    return {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName, Payload: this.#draw(VALUES) },
    };
  }

  #map(depth: number): State {
    return {
      Type: 'Map',
      MaxConcurrency: 1,
      Items: this.#draw(['{% $states.input.list %}', '{% [1, 2] %}', '{% [{"n": $a}] %}']),
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...this.graph(2, depth - 1) },
    };
  }

  #parallel(depth: number): State {
    // One branch: which of two is cancelled first is a race, and AWS does not say who wins it.
    return { Type: 'Parallel', Branches: [this.graph(2, depth - 1)] };
  }

  #handlers(later: readonly string[]): State {
    const retry = { ErrorEquals: [this.#draw(ERRORS)], MaxAttempts: this.#draw([0, 1, 2]) };
    const caught = {
      ErrorEquals: [this.#draw(ERRORS)],
      ...this.#leaving(),
      Next: this.#draw(later),
    };
    return {
      ...(this.#random() < 0.4 ? { Retry: [retry] } : {}),
      ...(this.#random() < 0.6 ? { Catch: [caught] } : {}),
    };
  }
}

/** Machines that end, with all kinds of states, values and failures; some expressions in them fail on purpose. */
export const randomCases = (count: number, seed: number): readonly Case[] => {
  const random = drawing(seed);
  return Array.from({ length: count }, (_, index) => {
    const maker = new MachineMaker(random);
    const first = {
      Type: 'Pass',
      Assign: { a: Math.floor(random() * 5), b: random() < 0.5 ? 'shop' : 'other' },
    };
    const graph = maker.graph(3 + Math.floor(random() * 5), OUTERMOST, first);
    const definition = { QueryLanguage: 'JSONata', ...graph };
    const input = INPUTS[Math.floor(random() * INPUTS.length)];
    return { name: `random ${seed}/${index}`, definition, input, tasks: maker.tasks };
  });
};
