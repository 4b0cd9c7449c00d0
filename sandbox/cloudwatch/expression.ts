import { AwsError } from '../aws/service.ts';
import type { TimeSeries } from './time-series.ts';

/** What an expression can stand for. */
export type ExpressionValue = number | TimeSeries | readonly TimeSeries[];

/** What an expression may ask for: other queries by id, all of them, and searches. */
export interface ExpressionScope {
  lookup(id: string): ExpressionValue | undefined;
  metrics(): readonly TimeSeries[];
  search(query: string, statistic: string, periodSeconds: number | undefined): readonly TimeSeries[];
  /** The starts of all periods in the request's window, for FILL. */
  periods(): readonly number[];
}

const FOLDS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((a, b) => a + b, 0),
  AVG: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const isSeries = (value: ExpressionValue): value is TimeSeries =>
  typeof value === 'object' && !Array.isArray(value);

const isList = (value: ExpressionValue): value is readonly TimeSeries[] => Array.isArray(value);

const mapPoints = (
  series: TimeSeries,
  change: (value: number, at: number) => number | undefined,
): TimeSeries => {
  const points = new Map<number, number>();
  for (const [at, value] of series.points) {
    const changed = change(value, at);
    if (changed !== undefined && Number.isFinite(changed)) points.set(at, changed);
  }
  return { ...series, points };
};

/** A list folds to one series, at each time over what is there; one series folds to a number. */
const fold = (name: string, argument: ExpressionValue): ExpressionValue => {
  const of = FOLDS[name] as (values: readonly number[]) => number;
  if (typeof argument === 'number') return argument;
  if (isSeries(argument)) return of([...argument.points.values()]);
  const times = [...new Set(argument.flatMap(({ points }) => [...points.keys()]))].sort((a, b) => a - b);
  const at = (time: number) =>
    argument.flatMap(({ points }) => {
      const value = points.get(time);
      return value === undefined ? [] : [value];
    });
  return { label: name, points: new Map(times.map((time) => [time, of(at(time))])) };
};

const TOKEN = /\s*('(?:[^'\\]|\\.)*'|\d+(?:\.\d+)?|[A-Za-z_]\w*|[-+*/(),[\]])/y;

/** Evaluates one expression; throws a ValidationException that names it for whatever is not understood. */
class Evaluation {
  readonly #text: string;
  readonly #scope: ExpressionScope;
  readonly #tokens: string[] = [];

  constructor(text: string, scope: ExpressionScope) {
    this.#text = text;
    this.#scope = scope;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const found = TOKEN.exec(text);
      if (found?.[1] === undefined) throw this.#refuse(`cannot read '${text.slice(at).trim()}'`);
      this.#tokens.push(found[1]);
    }
  }

  run(): ExpressionValue {
    const value = this.#sum();
    if (this.#tokens.length > 0) throw this.#refuse(`unexpected '${this.#tokens[0]}'`);
    return value;
  }

  #refuse(why: string): AwsError {
    return new AwsError('ValidationException', `Error in expression '${this.#text}': ${why}.`);
  }

  #expect(token: string): void {
    const found = this.#tokens.shift();
    if (found !== token) throw this.#refuse(`expected '${token}', got '${found ?? 'its end'}'`);
  }

  #sum(): ExpressionValue {
    let left = this.#product();
    while (this.#tokens[0] === '+' || this.#tokens[0] === '-')
      left = this.#combine(left, () => this.#product());
    return left;
  }

  #product(): ExpressionValue {
    let left = this.#operand();
    while (this.#tokens[0] === '*' || this.#tokens[0] === '/')
      left = this.#combine(left, () => this.#operand());
    return left;
  }

  #combine(left: ExpressionValue, next: () => ExpressionValue): ExpressionValue {
    const operator = OPERATORS[this.#tokens.shift() ?? ''] as (a: number, b: number) => number;
    const right = next();
    if (isList(left)) return left.map((series) => this.#pair(series, right, operator) as TimeSeries);
    return this.#pair(left, right, operator);
  }

  /** Two series meet at the times that both have; a division by zero leaves no datapoint. */
  #pair(
    left: number | TimeSeries,
    right: ExpressionValue,
    of: (a: number, b: number) => number,
  ): ExpressionValue {
    if (isList(right)) throw this.#refuse('a list cannot stand on the right of an operator');
    if (typeof left === 'number' && typeof right === 'number') return of(left, right);
    if (typeof left === 'number') return mapPoints(right as TimeSeries, (value) => of(left, value));
    if (typeof right === 'number') return mapPoints(left, (value) => of(value, right));
    return mapPoints(left, (value, at) => {
      const other = right.points.get(at);
      return other === undefined ? undefined : of(value, other);
    });
  }

  #operand(): ExpressionValue {
    const token = this.#tokens.shift() ?? '';
    if (token === '-') return this.#pair(0, this.#operand(), (a, b) => a - b);
    if (token === '(') {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    if (token === '[') return this.#list();
    if (/^\d/.test(token)) return Number(token);
    if (this.#tokens[0] === '(') return this.#call(token);
    const value = this.#scope.lookup(token);
    if (value === undefined) throw this.#refuse(`there is no query with the id '${token}'`);
    return value;
  }

  #list(): readonly TimeSeries[] {
    const items: TimeSeries[] = [];
    do {
      const item = this.#sum();
      if (typeof item === 'number') throw this.#refuse('a list takes time series, not numbers');
      items.push(...(isList(item) ? item : [item]));
    } while (this.#tokens[0] === ',' && this.#tokens.shift());
    this.#expect(']');
    return items;
  }

  #call(name: string): ExpressionValue {
    this.#expect('(');
    const value = this.#function(name);
    this.#expect(')');
    return value;
  }

  #function(name: string): ExpressionValue {
    if (name === 'METRICS') return this.#scope.metrics();
    if (name === 'SEARCH') return this.#search();
    if (name === 'FILL') return this.#fill();
    if (name in FOLDS) return fold(name, this.#sum());
    throw this.#refuse(
      `the function ${name} is not built into the sandbox (SUM, AVG, MIN, MAX, FILL, METRICS and SEARCH are)`,
    );
  }

  #search(): readonly TimeSeries[] {
    const text = () => (this.#tokens.shift() ?? '').replace(/^'(.*)'$/s, '$1');
    const query = text();
    this.#expect(',');
    const statistic = text();
    if (this.#tokens[0] !== ',') return this.#scope.search(query, statistic, undefined);
    this.#tokens.shift();
    return this.#scope.search(query, statistic, Number(this.#tokens.shift()));
  }

  #fill(): ExpressionValue {
    const target = this.#sum();
    this.#expect(',');
    const value = this.#sum();
    if (typeof value !== 'number')
      throw this.#refuse('FILL takes a number (REPEAT and LINEAR are not built into the sandbox)');
    const filled = (series: TimeSeries): TimeSeries => ({
      ...series,
      points: new Map(this.#scope.periods().map((at) => [at, series.points.get(at) ?? value])),
    });
    if (typeof target === 'number') return target;
    return isList(target) ? target.map(filled) : filled(target);
  }
}

/**
 * Metric math: + - * / and parentheses, SUM, AVG, MIN, MAX, FILL with a number, METRICS() and SEARCH. Anything else is refused
 * with a ValidationException that names the expression, rather than answered wrongly.
 */
export const evaluateExpression = (text: string, scope: ExpressionScope): ExpressionValue =>
  new Evaluation(text, scope).run();
