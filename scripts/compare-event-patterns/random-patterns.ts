import { drawing } from '../drawing.ts';

/** One question to both matchers. */
export interface Case {
  readonly pattern: Record<string, unknown>;
  readonly event: Record<string, unknown>;
}

const TEXTS = ['shop', 'Shop', 'shop-6.1', 'eu-west-1', '', 'a*b', 'image/png', '10.1.2.3', '2001:db8::7'];
const NUMBERS = [0, 1, 5, -2.5, 300, 1e6];
// Not 0.0.0.0/0: event-ruler compares addresses as texts of hex digits, so that it also takes in numbers and IPv6.
const BLOCKS = ['10.0.0.0/8', '10.1.2.3/32', '192.168.0.0/16', '2001:db8::/32', '10.1.2.0/24', '10.1.2.3'];
const WILDCARDS = ['shop*', '*-6.*', '*', 's*p', 'a\\*b', '*/png', '*shop*6*', '**', 'sho\\p', 'shop'];
const AFFIXES = ['shop', 'Shop', 'eu-', '1', 'png', ''];
const KEYS = ['source', 'detail-type', 'state', 'n', 'list', 'ip'];

class Maker {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = drawing(seed);
  }

  draw<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }

  chance(of: number): boolean {
    return this.#random() < of;
  }

  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + Math.floor(this.#random() * most) }, make);
  }

  value(): unknown {
    return this.draw<unknown>([this.draw(TEXTS), this.draw(TEXTS), this.draw(NUMBERS), true, false, null]);
  }

  affix(): unknown {
    const part = this.draw(AFFIXES);
    return this.chance(0.3) ? { 'equals-ignore-case': part } : part;
  }

  anythingBut(): unknown {
    const oneOrMore = (make: () => unknown) => (this.chance(0.5) ? make() : this.some(2, make));
    const kind = this.draw([
      'texts',
      'numbers',
      'value',
      'prefix',
      'suffix',
      'equals-ignore-case',
      'wildcard',
    ]);
    if (kind === 'texts') return this.some(3, () => this.draw(TEXTS));
    if (kind === 'numbers') return this.some(3, () => this.draw(NUMBERS));
    if (kind === 'value') return this.chance(0.5) ? this.value() : this.some(2, () => this.value());
    if (kind === 'wildcard') return { wildcard: oneOrMore(() => this.draw(WILDCARDS)) };
    return { [kind]: oneOrMore(() => this.draw(AFFIXES)) };
  }

  numeric(): unknown {
    const term = () => [this.draw(['=', '<', '<=', '>', '>=']), this.draw(NUMBERS)];
    return this.chance(0.6) ? term() : ['>', this.draw([-3, 0, 1]), '<=', this.draw([5, 300])];
  }

  condition(): unknown {
    const kind = this.draw([
      'value',
      'value',
      'prefix',
      'suffix',
      'wildcard',
      'but',
      'exists',
      'numeric',
      'case',
      'cidr',
    ]);
    if (kind === 'value') return this.value();
    if (kind === 'prefix' || kind === 'suffix') return { [kind]: this.affix() };
    if (kind === 'wildcard') return { wildcard: this.draw(WILDCARDS) };
    if (kind === 'but') return { 'anything-but': this.anythingBut() };
    if (kind === 'exists') return { exists: this.chance(0.5) };
    if (kind === 'numeric') return { numeric: this.numeric() };
    if (kind === 'case') return { 'equals-ignore-case': this.draw(TEXTS) };
    return { cidr: this.draw(BLOCKS) };
  }

  /** No key is both inside and outside of an `$or`: event-ruler takes the inner condition for the outer one then. */
  pattern(depth: number, keys: readonly string[] = KEYS): Record<string, unknown> {
    const half = Math.ceil(keys.length / 2);
    const [inside, outside] = [keys.slice(half), keys.slice(0, half)];
    const choose = depth > 0 && inside.length > 0 && this.chance(0.25);
    const own = choose ? outside : keys;
    const entries = this.some(2, (): [string, unknown] => {
      if (depth > 0 && this.chance(0.4)) return ['detail', this.pattern(depth - 1, own)];
      return [this.draw(own), this.some(2, () => this.condition())];
    });
    if (choose) entries.push(['$or', this.some(3, () => this.pattern(depth - 1, inside))]);
    return Object.fromEntries(choose && this.chance(0.3) ? entries.slice(-1) : entries);
  }

  event(depth: number, lists: boolean): Record<string, unknown> {
    const keys = KEYS.filter(() => this.chance(0.7));
    const own = keys.map((key): [string, unknown] => [
      key,
      this.chance(0.2) ? (this.chance(0.2) ? [] : this.some(3, () => this.value())) : this.value(),
    ]);
    if (depth === 0 || this.chance(0.2)) return Object.fromEntries(own);
    const detail =
      lists && this.chance(0.2)
        ? this.some(2, () => this.event(depth - 1, lists))
        : this.event(depth - 1, lists);
    return { ...Object.fromEntries(own), detail };
  }
}

/** Random patterns with an event each; some patterns are wrong. */
export const randomCases = (count: number, seed: number): readonly Case[] => {
  const make = new Maker(seed);
  return Array.from({ length: count }, () => {
    const pattern = make.pattern(2);
    // In a list of objects, event-ruler looks at fields beside an `$or`, or beside `exists: false`, in one object with it; the
    // sandbox does not. The User Guide says nothing of either.
    const lists = !/"\$or"|\{"exists":false\}/.test(JSON.stringify(pattern));
    return { pattern, event: make.event(2, lists) };
  });
};
