import dagre from '@dagrejs/dagre';

/** A state of the definition, as far as the drawing needs it. */
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Condition?: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
}
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'catch';
}

/** Every Task leads there when another execution holds the service: drawn, it would hide everything else. */
const LEFT_OUT = 'Fenced off';

const edgesOf = ([name, state]: [string, State]): Edge[] => {
  const next: Edge[] = [state.Next, state.Default].flatMap((to) =>
    to === undefined ? [] : [{ from: name, to, kind: 'next' as const }],
  );
  const choices: Edge[] = (state.Choices ?? []).map(({ Next }) => ({ from: name, to: Next, kind: 'choice' }));
  const catches: Edge[] = (state.Catch ?? []).map(({ Next }) => ({ from: name, to: Next, kind: 'catch' }));
  return [...next, ...choices, ...catches].filter(({ to }) => to !== LEFT_OUT);
};

/** One line per pair of states; a way that is both taken on success and on error is drawn as success. */
const distinct = (edges: readonly Edge[]): Edge[] => [
  ...new Map([...edges].reverse().map((edge) => [`${edge.from}\n${edge.to}`, edge] as const)).values(),
];

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const FONT_PX = 13;
const MARGIN = 16;
/** Mean width of a letter of the sans-serif fonts that browsers fall back on, in parts of the font's size. */
const LETTER = 0.56;
const widthOf = (name: string): number => Math.max(90, name.length * FONT_PX * LETTER + 28);

const shape = (name: string, type: string, x: number, y: number, width: number, height: number): string => {
  const left = x - width / 2;
  const top = y - height / 2;
  const round = type === 'Choice' ? height / 2 : type === 'Wait' ? 12 : 4;
  return `<g class="${type}"><rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height}" rx="${round}"/><text x="${x.toFixed(1)}" y="${(y + FONT_PX / 3).toFixed(1)}">${escapeXml(name)}</text></g>`;
};

const STYLE = `
  text { font: ${FONT_PX}px system-ui, sans-serif; text-anchor: middle; fill: #17202b }
  rect { stroke: #5b6b7f; stroke-width: 1.2; fill: #f3f6fa }
  .Choice rect { fill: #fff4d6; stroke: #b08a1e } .Wait rect { fill: #eef0f2; stroke-dasharray: 4 3 }
  .Succeed rect { fill: #d9f2df; stroke: #2f8a4c } .Fail rect { fill: #fde0df; stroke: #b8443f }
  path { fill: none; stroke: #5b6b7f; stroke-width: 1.3 } path.catch { stroke: #b8443f; stroke-dasharray: 5 4; stroke-width: 1 }`;

/** Draws a definition as SVG on white, so that it reads in light and dark pages alike. */
export const drawStateGraph = (definition: Definition): string => {
  const graph = new dagre.graphlib.Graph().setGraph({
    rankdir: 'TB',
    nodesep: 26,
    ranksep: 34,
    marginx: 16,
    marginy: 16,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = Object.keys(definition.States).filter((name) => name !== LEFT_OUT);
  for (const name of names) graph.setNode(name, { width: widthOf(name), height: 32 });
  const edges = distinct(Object.entries(definition.States).flatMap(edgesOf));
  for (const { from, to, kind } of edges) graph.setEdge(from, to, { weight: kind === 'catch' ? 1 : 6 });
  dagre.layout(graph);
  const lines = edges.map(({ from, to, kind }) => {
    const points: { x: number; y: number }[] = graph.edge(from, to).points ?? [];
    const path = points
      .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join(' ');
    return `<path class="${kind}" d="${path}" marker-end="url(#${kind === 'catch' ? 'error' : 'arrow'})"/>`;
  });
  const boxes = names.map((name) => {
    const { x, y, width, height } = graph.node(name);
    return shape(name, definition.States[name]?.Type ?? '', x, y, width, height);
  });
  const points = edges.flatMap(
    ({ from, to }) => (graph.edge(from, to).points ?? []) as { x: number; y: number }[],
  );
  const { width = 0, height = 0 } = graph.graph();
  const left = Math.floor(Math.min(0, ...points.map(({ x }) => x - MARGIN)));
  const right = Math.ceil(Math.max(width, ...points.map(({ x }) => x + MARGIN)));
  const arrow = (id: string, colour: string) =>
    `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:${colour};stroke:none"/></marker>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} 0 ${right - left} ${Math.ceil(height)}" role="img" aria-label="The states of a rollout">`,
    `<style>${STYLE}</style><defs>${arrow('arrow', '#5b6b7f')}${arrow('error', '#b8443f')}</defs>`,
    `<rect x="${left}" width="100%" height="100%" style="fill:#ffffff;stroke:none"/>`,
    ...lines,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
};
