import { parser } from '@prometheus-io/lezer-promql';
import {
  AGGREGATIONS,
  ARITHMETIC,
  type BinaryOperator,
  COMPARISONS,
  type Expression,
  type Grouping,
  type Matcher,
  type Matching,
  RANGE_FUNCTIONS,
  SETS,
  WrongQuery,
} from './expression.ts';

type Node = ReturnType<typeof parser.parse>['topNode'];

const childrenOf = (node: Node): Node[] => {
  const found: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
};

/** A string literal's text: Go's escapes in double and single quotes, none in backticks. */
const unquoted = (literal: string): string => {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  const inner = literal.slice(1, -1);
  const asJson = literal.startsWith("'") ? inner.replaceAll("\\'", "'").replaceAll('"', '\\"') : inner;
  return JSON.parse(`"${asJson}"`) as string;
};

const MATCHERS = { EqlSingle: '=', Neq: '!=', EqlRegex: '=~', NeqRegex: '!~' } as const;
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `1m30s` in milliseconds; plain numbers are seconds. */
const durationOf = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return [...text.matchAll(/(\d+)(ms|[smhdw])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0),
    0,
  );
};

const numberOf = (text: string): number => {
  const lower = text.toLowerCase().replace(/^\+/, '');
  if (lower === 'inf') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  return /^\d+(ms|[smhdw])/.test(lower) ? durationOf(lower) / 1000 : Number(lower);
};

const isOneOf = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  (names as readonly string[]).includes(name);

class Reader {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  read(): Expression {
    const tree = parser.parse(this.#query);
    tree.iterate({
      enter: ({ type, from }) => {
        if (type.isError) throw new WrongQuery(`1:${from + 1}: parse error: unexpected text`);
      },
    });
    const [top] = childrenOf(tree.topNode);
    if (top === undefined) throw new WrongQuery('1:1: parse error: no expression found in input');
    return this.#expression(top);
  }

  #text({ from, to }: Node): string {
    return this.#query.slice(from, to);
  }

  #unknown(node: Node): WrongQuery {
    return new WrongQuery(
      `the sandbox's Prometheus evaluates selectors, ${AGGREGATIONS.join(', ')}, ${RANGE_FUNCTIONS.join(', ')}, ` +
        `histogram_quantile, vector, scalar, and operators only, not ${this.#text(node)}`,
    );
  }

  #expression(node: Node): Expression {
    const children = childrenOf(node);
    const [first] = children;
    switch (node.name) {
      case 'NumberDurationLiteral':
        return { kind: 'number', value: numberOf(this.#text(node)) };
      case 'VectorSelector':
        return { kind: 'selector', matchers: children.flatMap((child) => this.#matchers(child)) };
      case 'ParenExpr':
        if (first !== undefined) return this.#expression(first);
        break;
      case 'AggregateExpr':
        return this.#aggregate(node, children);
      case 'FunctionCall':
        return this.#call(node, children);
      case 'BinaryExpr':
        return this.#binary(node, children);
      case 'UnaryExpr': {
        const of = children[1];
        if (of === undefined) break;
        const sign = this.#text(children[0] ?? node) === '-' ? -1 : 1;
        const factor: Expression = { kind: 'number', value: sign };
        return { kind: 'binary', operator: '*', left: factor, right: this.#expression(of), bool: false };
      }
    }
    throw this.#unknown(node);
  }

  #call(node: Node, children: readonly Node[]): Expression {
    const [name = '', body] = [children[0] && this.#text(children[0]), children[1]];
    const given = body === undefined ? [] : childrenOf(body);
    const [first, second] = given;
    if (isOneOf(RANGE_FUNCTIONS, name) && first?.name === 'MatrixSelector') {
      const [selector, range] = childrenOf(first);
      if (selector?.name === 'VectorSelector' && range !== undefined) {
        const matchers = childrenOf(selector).flatMap((child) => this.#matchers(child));
        return { kind: 'range', function: name, matchers, range: durationOf(this.#text(range)) };
      }
    }
    if (name === 'histogram_quantile' && first !== undefined && second !== undefined)
      return { kind: 'quantile', share: this.#expression(first), of: this.#expression(second) };
    if ((name === 'vector' || name === 'scalar') && first !== undefined)
      return { kind: name, of: this.#expression(first) };
    throw this.#unknown(node);
  }

  #names(node: Node | undefined): string[] {
    return node === undefined ? [] : childrenOf(node).map((label) => this.#text(label));
  }

  #aggregate(node: Node, children: readonly Node[]): Expression {
    const body = children.find(({ name }) => name === 'FunctionCallBody')?.firstChild;
    const modifier = children.find(({ name }) => name === 'AggregateModifier');
    const how = children[0] === undefined ? '' : this.#text(children[0]).toLowerCase();
    if (!isOneOf(AGGREGATIONS, how) || !body) throw this.#unknown(node);
    const of = this.#expression(body);
    const [kind, labels] = modifier === undefined ? [] : childrenOf(modifier);
    const grouping: Grouping =
      kind === undefined
        ? {}
        : kind.name === 'By'
          ? { by: this.#names(labels) }
          : { without: this.#names(labels) };
    return { kind: 'aggregate', how, of, ...grouping };
  }

  #binary(node: Node, children: readonly Node[]): Expression {
    const [left, operator, ...rest] = children;
    const right = rest.at(-1);
    const modifiers = rest.slice(0, -1);
    const text = operator === undefined ? '' : this.#text(operator).toLowerCase();
    const known: readonly BinaryOperator[] = [...ARITHMETIC, ...COMPARISONS, ...SETS];
    if (left === undefined || right === undefined || !isOneOf(known, text)) throw this.#unknown(node);
    const clause = modifiers.find(({ name }) => name === 'MatchingModifierClause');
    if (clause !== undefined && /group_(left|right)/i.test(this.#text(clause))) throw this.#unknown(node);
    return {
      kind: 'binary',
      operator: text,
      left: this.#expression(left),
      right: this.#expression(right),
      bool: modifiers.some(({ name }) => name === 'BoolModifier'),
      ...this.#matching(clause),
    };
  }

  #matching(clause: Node | undefined): Matching {
    if (clause === undefined) return {};
    const labels = this.#names(childrenOf(clause).find(({ name }) => name === 'GroupingLabels'));
    return /^\s*on\b/i.test(this.#text(clause)) ? { on: labels } : { ignoring: labels };
  }

  #matchers(node: Node): Matcher[] {
    if (node.name === 'Identifier') return [{ label: '__name__', operator: '=', value: this.#text(node) }];
    return childrenOf(node).map((matcher) => {
      const [label, operator, value] = childrenOf(matcher);
      const name = operator?.firstChild?.name as keyof typeof MATCHERS;
      if (label === undefined || value === undefined || MATCHERS[name] === undefined)
        throw new WrongQuery(`1:${matcher.from + 1}: parse error: unexpected label matcher`);
      const text = this.#text(label);
      return {
        label: matcher.name === 'QuotedLabelMatcher' ? unquoted(text) : text,
        operator: MATCHERS[name],
        value: unquoted(this.#text(value)),
      };
    });
  }
}

/** Reads a query. Throws WrongQuery. */
export const parsePromQl = (query: string): Expression => new Reader(query).read();
