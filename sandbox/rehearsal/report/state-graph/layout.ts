import dagre from '@dagrejs/dagre';

/** A state of the definition, as far as the drawing needs it. */
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Condition?: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
}

/** A state machine's definition. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A way from one state to another: on success, by a choice, or on an error. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'catch';
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything is, in pixels. */
export interface Layout {
  readonly nodes: readonly (Point & {
    readonly name: string;
    readonly type: string;
    readonly width: number;
  })[];
  readonly edges: readonly (Edge & { readonly points: readonly Point[] })[];
  /** The left edge may lie below 0, where lines bend around the states. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** Every Task leads there when another execution holds the service: drawn, it would hide everything else. */
const LEFT_OUT = 'Fenced off';

export const FONT_PX = 13;
export const NODE_HEIGHT = 32;
const MARGIN = 16;
/** Mean width of a letter of the sans-serif fonts that browsers fall back on, in parts of the font's size. */
const LETTER = 0.56;
const widthOf = (name: string): number => Math.max(90, name.length * FONT_PX * LETTER + 28);

const edgesOf = ([name, state]: [string, State]): Edge[] => {
  const next: Edge[] = [state.Next, state.Default].flatMap((to) =>
    to === undefined ? [] : [{ from: name, to, kind: 'next' as const }],
  );
  const choices: Edge[] = (state.Choices ?? []).map(({ Next }) => ({ from: name, to: Next, kind: 'choice' }));
  const catches: Edge[] = (state.Catch ?? []).map(({ Next }) => ({ from: name, to: Next, kind: 'catch' }));
  return [...next, ...choices, ...catches];
};

/** One line per pair of states; a way that is both taken on success and on error is drawn as success. */
const distinct = (edges: readonly Edge[]): Edge[] => [
  ...new Map([...edges].reverse().map((edge) => [`${edge.from}\n${edge.to}`, edge] as const)).values(),
];

/** Which states and ways are laid out; all but one state, by default. */
export interface Shown {
  readonly state: (name: string) => boolean;
  readonly edge: (edge: Edge) => boolean;
}

const ALL: Shown = { state: (name) => name !== LEFT_OUT, edge: () => true };

/** Lays a definition out from top to bottom. */
export const layoutOf = (definition: Definition, shown: Shown = ALL): Layout => {
  const graph = new dagre.graphlib.Graph().setGraph({
    rankdir: 'TB',
    nodesep: 26,
    ranksep: 34,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = Object.keys(definition.States).filter(shown.state);
  for (const name of names) graph.setNode(name, { width: widthOf(name), height: NODE_HEIGHT });
  const edges = distinct(
    Object.entries(definition.States)
      .flatMap(edgesOf)
      .filter((edge) => names.includes(edge.from) && names.includes(edge.to) && shown.edge(edge)),
  );
  for (const { from, to, kind } of edges) graph.setEdge(from, to, { weight: kind === 'catch' ? 1 : 6 });
  dagre.layout(graph);
  const placed = edges.map((edge) => ({
    ...edge,
    points: (graph.edge(edge.from, edge.to).points ?? []) as Point[],
  }));
  const points = placed.flatMap((edge) => edge.points);
  const { width = 0, height = 0 } = graph.graph();
  const left = Math.floor(Math.min(0, ...points.map(({ x }) => x - MARGIN)));
  const right = Math.ceil(Math.max(width, ...points.map(({ x }) => x + MARGIN)));
  const nodes = names.map((name) => {
    const { x, y, width: wide } = graph.node(name);
    return { name, type: definition.States[name]?.Type ?? '', x, y, width: wide };
  });
  return { nodes, edges: placed, left, width: right - left, height: Math.ceil(height) };
};
