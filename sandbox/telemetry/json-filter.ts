/** Whether a JSON log line is meant. */
export type JsonFilter = (line: unknown) => boolean;

type Token = { readonly kind: 'symbol' | 'path' | 'text' | 'number'; readonly text: string };

const TOKEN =
  /\s*(?:(&&|\|\||!=|>=|<=|=|>|<|\(|\))|(\$(?:\.[\w-]+|\[\d+\])+)|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?))/y;

const tokensOf = (pattern: string): Token[] => {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const [, symbol, path, text, number] = TOKEN.exec(pattern) ?? [];
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (path !== undefined) tokens.push({ kind: 'path', text: path });
    else if (text !== undefined) tokens.push({ kind: 'text', text });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else throw new Error(`the filter pattern cannot be read from "${pattern.slice(at)}" on`);
  }
  return tokens;
};

const valueAt = (line: unknown, path: string): unknown => {
  const keys = path.slice(1).match(/[^.[\]]+/g) ?? [];
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    line,
  );
};

/** `*` stands for any text. */
const textMatches = (wanted: string, value: unknown): boolean => {
  const source = wanted.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return typeof value === 'string' && new RegExp(`^${source.join('.*')}$`, 's').test(value);
};

const COMPARE: Readonly<Record<string, (value: unknown, wanted: Token) => boolean>> = {
  '=': (value, { kind, text }) => (kind === 'number' ? value === Number(text) : textMatches(text, value)),
  '!=': (value, { kind, text }) =>
    value !== undefined && !(kind === 'number' ? value === Number(text) : textMatches(text, value)),
  '>': (value, { text }) => typeof value === 'number' && value > Number(text),
  '>=': (value, { text }) => typeof value === 'number' && value >= Number(text),
  '<': (value, { text }) => typeof value === 'number' && value < Number(text),
  '<=': (value, { text }) => typeof value === 'number' && value <= Number(text),
};

/** Reads `a && (b || c)`; `&&` binds closer than `||`. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(pattern: string) {
    this.#tokens = tokensOf(pattern);
  }

  parse(): JsonFilter {
    const filter = this.#either();
    if (this.#at < this.#tokens.length) throw new Error('the filter pattern goes on after its end');
    return filter;
  }

  #either(): JsonFilter {
    const parts = [this.#both()];
    while (this.#takes('||')) parts.push(this.#both());
    return (line) => parts.some((part) => part(line));
  }

  #both(): JsonFilter {
    const parts = [this.#one()];
    while (this.#takes('&&')) parts.push(this.#one());
    return (line) => parts.every((part) => part(line));
  }

  #one(): JsonFilter {
    if (this.#takes('(')) {
      const inner = this.#either();
      if (!this.#takes(')')) throw new Error('the filter pattern lacks a closing parenthesis');
      return inner;
    }
    const [path, operator, wanted] = [this.#next(), this.#next(), this.#next()];
    const compare = COMPARE[operator?.text ?? ''];
    if (path?.kind !== 'path' || compare === undefined || wanted === undefined) {
      throw new Error('the filter pattern needs comparisons such as $.type = "ExecutionFailed"');
    }
    return (line) => compare(valueAt(line, path.text), wanted);
  }

  #takes(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#at++;
    return true;
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++];
  }
}

/**
 * Reads a filter pattern for JSON lines: `{ ($.type = "A") && ($.size > 5) }` (CloudWatch Logs user guide, "Filter pattern
 * syntax for metric filters"): comparisons, `&&`, `||` and parentheses.
 * @throws Error for any other pattern
 */
export const parseJsonFilter = (pattern: string): JsonFilter => {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(pattern)?.[1];
  if (inner === undefined)
    throw new Error(`the sandbox reads filter patterns of JSON lines only, got ${pattern}`);
  return new Parser(inner).parse();
};
