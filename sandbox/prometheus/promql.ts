import { parser } from '@prometheus-io/lezer-promql';

/** How a label must be. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** The part of PromQL that the sandbox evaluates: selectors, sums of them, and one or the other. */
export type Expression =
  | { readonly kind: 'selector'; readonly matchers: readonly Matcher[] }
  | {
      readonly kind: 'sum';
      readonly of: Expression;
      /** Labels that stay, or that go; all go where neither is there. */
      readonly by?: readonly string[];
      readonly without?: readonly string[];
    }
  | { readonly kind: 'or'; readonly left: Expression; readonly right: Expression };

/** A query that is no PromQL, or more of it than the sandbox has. */
export class WrongQuery extends Error {
  override readonly name = 'WrongQuery';
}

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

const OPERATORS = { EqlSingle: '=', Neq: '!=', EqlRegex: '=~', NeqRegex: '!~' } as const;

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

  #expression(node: Node): Expression {
    const children = childrenOf(node);
    const [first] = children;
    switch (node.name) {
      case 'VectorSelector':
        return { kind: 'selector', matchers: children.flatMap((child) => this.#matchers(child)) };
      case 'ParenExpr':
        if (first !== undefined) return this.#expression(first);
        break;
      case 'AggregateExpr':
        return this.#sum(node, children);
      case 'BinaryExpr': {
        const [left, operator, right] = children;
        if (left && right && operator?.name === 'Or' && children.length === 3)
          return { kind: 'or', left: this.#expression(left), right: this.#expression(right) };
      }
    }
    throw new WrongQuery(
      `the sandbox's Prometheus evaluates selectors, sum and or only, not ${this.#text(node)}`,
    );
  }

  #sum(node: Node, children: readonly Node[]): Expression {
    const body = children.find(({ name }) => name === 'FunctionCallBody')?.firstChild;
    const modifier = children.find(({ name }) => name === 'AggregateModifier');
    if (children[0]?.firstChild?.name !== 'Sum' || !body)
      throw new WrongQuery(
        `the sandbox's Prometheus evaluates selectors, sum and or only, not ${this.#text(node)}`,
      );
    const of = this.#expression(body);
    if (modifier === undefined) return { kind: 'sum', of };
    const [how, labels] = childrenOf(modifier);
    const names = labels === undefined ? [] : childrenOf(labels).map((label) => this.#text(label));
    return how?.name === 'By' ? { kind: 'sum', of, by: names } : { kind: 'sum', of, without: names };
  }

  #matchers(node: Node): Matcher[] {
    if (node.name === 'Identifier') return [{ label: '__name__', operator: '=', value: this.#text(node) }];
    return childrenOf(node).map((matcher) => {
      const [label, operator, value] = childrenOf(matcher);
      const name = operator?.firstChild?.name as keyof typeof OPERATORS;
      if (label === undefined || value === undefined || OPERATORS[name] === undefined)
        throw new WrongQuery(`1:${matcher.from + 1}: parse error: unexpected label matcher`);
      const text = this.#text(label);
      return {
        label: matcher.name === 'QuotedLabelMatcher' ? unquoted(text) : text,
        operator: OPERATORS[name],
        value: unquoted(this.#text(value)),
      };
    });
  }
}

/** Reads a query. Throws WrongQuery. */
export const parsePromQl = (query: string): Expression => new Reader(query).read();
