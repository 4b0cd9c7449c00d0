import jsonata from 'jsonata';

/** What an expression takes from outside itself. */
export type Need =
  | { readonly kind: 'variable' | 'call' | 'field of $states'; readonly name: string }
  | { readonly kind: 'top level'; readonly name: string };

/** A node of JSONata's syntax tree. Its type declarations leave out most of what the parser writes. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly Node[];
  readonly arguments?: readonly Node[];
  readonly expressions?: readonly Node[];
  readonly procedure?: Node;
  readonly body?: Node;
  readonly lhs?: unknown;
  readonly rhs?: unknown;
  readonly focus?: string;
  readonly index?: string;
}

/** @throws JsonataError where the text is no JSONata */
export const parseExpression = (text: string): Node => jsonata(text).ast() as unknown as Node;

interface Place {
  /** Names bound inside the expression. */
  readonly local: Set<string>;
  /** In a later step of a path, a filter, an order or a group: there `$` and plain names mean an item. */
  readonly inItem: boolean;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const within = ({ local }: Place, names: readonly string[] = []): Place['local'] =>
  new Set([...local, ...names]);

/** Lists what an expression needs, in the order of the text. */
export const needsOf = (root: Node): readonly Need[] => {
  const needs: Need[] = [];

  const visitAll = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) for (const item of value) visitAll(item, place);
    else if (isNode(value)) visit(value, place);
    else if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) visitAll(inner, place);
    }
  };

  /** Filters, groups and orders that hang on a node. */
  const visitItems = (node: Node, place: Place, but: readonly string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      if (!but.includes(key)) visitAll(value, { ...place, inItem: true });
    }
  };

  const variable = (node: Node, place: Place): void => {
    const name = String(node.value);
    if (name === '$' || (name === '' && !place.inItem)) needs.push({ kind: 'top level', name: `$${name}` });
    else if (name !== '' && !place.local.has(name)) needs.push({ kind: 'variable', name });
    visitItems(node, place, ['value']);
  };

  const path = (node: Node, place: Place): void => {
    const local = within(place);
    for (const [index, step] of (node.steps ?? []).entries()) {
      const inItem = place.inItem || index > 0;
      const previous = node.steps?.[index - 1];
      if (previous?.type === 'variable' && previous.value === 'states' && index === 1) {
        needs.push({ kind: 'field of $states', name: String(step.value) });
      } else if (!inItem && ['name', 'wildcard', 'descendant', 'parent'].includes(step.type)) {
        needs.push({ kind: 'top level', name: String(step.value ?? '%') });
      }
      visit(step, { local, inItem });
      for (const name of [step.focus, step.index]) if (typeof name === 'string') local.add(name);
    }
    visitItems(node, { ...place, local }, ['steps']);
  };

  const call = (node: Node, place: Place): void => {
    const { procedure } = node;
    if (procedure?.type === 'variable' && !place.local.has(String(procedure.value))) {
      needs.push({ kind: 'call', name: String(procedure.value) });
    } else visitAll(procedure, place);
    visitAll(node.arguments, place);
    visitItems(node, place, ['procedure', 'arguments']);
  };

  const bind = ({ lhs, rhs }: Node, place: Place): void => {
    const name = isNode(lhs) ? String(lhs.value) : '';
    // A function can call itself; any other value can't read its own name.
    if (isNode(rhs) && rhs.type === 'lambda') place.local.add(name);
    visitAll(rhs, place);
    place.local.add(name);
  };

  const lambda = (node: Node, place: Place): void => {
    const names = (node.arguments ?? []).map(({ value }) => String(value));
    visitAll(node.body, { ...place, local: within(place, names) });
  };

  const block = (node: Node, place: Place): void => {
    visitAll(node.expressions, { ...place, local: within(place) });
    visitItems(node, place, ['expressions']);
  };

  const other = (node: Node, place: Place): void => {
    const { stages, predicate, group, terms, ...plain } = node as Node & Record<string, unknown>;
    visitAll(Object.values(plain), place);
    visitAll([stages, predicate, group, terms], { ...place, inItem: true });
  };

  const visitors: Readonly<Record<string, (node: Node, place: Place) => void>> = {
    variable,
    path,
    function: call,
    partial: call,
    bind,
    lambda,
    block,
    transform: (node, place) => visitItems(node, place, []),
    regex: () => {},
  };
  const visit = (node: Node, place: Place): void => (visitors[node.type] ?? other)(node, place);

  visit(root, { local: new Set(), inItem: false });
  return needs;
};
