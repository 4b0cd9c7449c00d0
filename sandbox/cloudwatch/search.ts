import { AwsError } from '../aws/service.ts';
import type { Series } from './metric-store.ts';

type Matcher = (series: Series) => boolean;

const TWO_WEEKS = 14 * 24 * 3_600_000;
const FIFTEEN_MINUTES = 15 * 60_000;

/** The most series that one search returns. */
export const MOST_SERIES = 500;

/** Series without a point in two weeks are not found, nor those whose first came under 15 minutes ago. */
export const isFindable = ({ firstSeen, lastAt }: Series, now: number): boolean =>
  lastAt >= now - TWO_WEEKS && firstSeen <= now - FIFTEEN_MINUTES;

const refuse = (query: string, why: string): AwsError =>
  new AwsError('ValidationException', `Error in expression: SEARCH cannot read '${query}': ${why}.`);

const TOKEN = /\s*(\{[^}]*\}|[()]|"[^"]*"|[^\s()="{}]+(?=\s*=)|=|[^\s()="{}]+)/y;

const tokensOf = (query: string): string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.trimEnd().length) {
    const found = TOKEN.exec(query);
    if (found?.[1] === undefined) throw refuse(query, 'a quote or brace is not closed');
    tokens.push(found[1]);
  }
  return tokens;
};

const unquoted = (token: string): string => token.replace(/^"(.*)"$/, '$1');

const schema = (text: string): Matcher => {
  const [namespace, ...names] = text
    .slice(1, -1)
    .split(',')
    .map((part) => unquoted(part.trim()));
  return (series) =>
    series.namespace === namespace &&
    (names.length === 0 ||
      (names.length === Object.keys(series.dimensions).length &&
        names.every((name) => name in series.dimensions)));
};

/** Quoted: the whole value. Unquoted: every word of it, in any case. */
const matches = (value: string, wanted: string): boolean =>
  wanted.startsWith('"')
    ? value === unquoted(wanted)
    : wanted
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .every((word) => value.toLowerCase().includes(word));

const term = (wanted: string): Matcher => {
  return ({ namespace, name, dimensions }) =>
    [namespace, name, ...Object.keys(dimensions), ...Object.values(dimensions)].some((value) =>
      matches(value, wanted),
    );
};

const property = (key: string, wanted: string): Matcher => {
  if (key === 'Namespace') return ({ namespace }) => matches(namespace, wanted);
  if (key === 'MetricName') return ({ name }) => matches(name, wanted);
  return ({ dimensions }) => matches(dimensions[key] ?? '', wanted) && key in dimensions;
};

class SearchParser {
  readonly #query: string;
  readonly #tokens: string[];

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokensOf(query);
  }

  parse(): Matcher {
    if (this.#tokens.length === 0) throw refuse(this.#query, 'it is empty');
    const matcher = this.#any();
    if (this.#tokens.length > 0) throw refuse(this.#query, `unexpected ${this.#tokens[0]}`);
    return matcher;
  }

  #any(): Matcher {
    const left = this.#all();
    if (this.#tokens[0] !== 'OR') return left;
    this.#tokens.shift();
    const right = this.#any();
    return (series) => left(series) || right(series);
  }

  #all(): Matcher {
    const left = this.#one();
    if (this.#tokens[0] === 'AND') this.#tokens.shift();
    if (this.#tokens.length === 0 || this.#tokens[0] === 'OR' || this.#tokens[0] === ')') return left;
    const right = this.#all();
    return (series) => left(series) && right(series);
  }

  #one(): Matcher {
    const token = this.#tokens.shift();
    if (token === undefined) throw refuse(this.#query, 'a term is missing at its end');
    if (token === 'NOT') {
      const inner = this.#one();
      return (series) => !inner(series);
    }
    if (token === '(') return this.#group();
    if (token.startsWith('{')) return schema(token);
    if (this.#tokens[0] !== '=') return term(token);
    this.#tokens.shift();
    const wanted = this.#tokens.shift();
    if (wanted === undefined) throw refuse(this.#query, `${token}= has no value`);
    return wanted === '(' ? this.#alternatives(unquoted(token)) : property(unquoted(token), wanted);
  }

  #group(): Matcher {
    const inner = this.#any();
    if (this.#tokens.shift() !== ')') throw refuse(this.#query, 'a parenthesis is not closed');
    return inner;
  }

  /** `Name=("a" OR "b")`. */
  #alternatives(key: string): Matcher {
    const options: Matcher[] = [];
    for (let token = this.#tokens.shift(); token !== ')'; token = this.#tokens.shift()) {
      if (token === undefined) throw refuse(this.#query, 'a parenthesis is not closed');
      if (token !== 'OR') options.push(property(key, token));
    }
    return (series) => options.some((option) => option(series));
  }
}

/**
 * The series that a search query finds, at most 500, by name. Understands a schema `{Namespace,Dim}`, `MetricName="x"`,
 * `Dim=("a" OR "b")`, plain words, AND (also unwritten), OR, NOT and parentheses; refuses the rest.
 */
export const searchSeries = (all: readonly Series[], query: string, now: number): Series[] => {
  const matcher = new SearchParser(query).parse();
  const label = (series: Series) => `${series.name} ${Object.values(series.dimensions).join(' ')}`;
  return all
    .filter((series) => isFindable(series, now) && matcher(series))
    .sort((a, b) => (label(a) < label(b) ? -1 : 1))
    .slice(0, MOST_SERIES);
};
