import { type Definition, type Edge, FONT_PX, type Layout, layoutOf, NODE_HEIGHT } from './layout.ts';

/** Of the drawing's own size, where there is room. */
const SHRUNK = 0.85;

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const shape = ({ name, type, x, y, width }: Layout['nodes'][number], extra: string): string => {
  const left = x - width / 2;
  const top = y - NODE_HEIGHT / 2;
  const round = type === 'Choice' ? NODE_HEIGHT / 2 : type === 'Wait' ? 12 : 4;
  return `<g class="${type}${extra}"><rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${NODE_HEIGHT}" rx="${round}"/><text x="${x.toFixed(1)}" y="${(y + FONT_PX / 3).toFixed(1)}">${escapeXml(name)}</text></g>`;
};

const pathOf = (points: readonly { x: number; y: number }[]): string =>
  points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ');

const arrow = (id: string, colour: string): string =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:${colour};stroke:none"/></marker>`;

const viewBox = ({ left, width, height }: Layout): string => `${left} 0 ${width} ${height}`;

const STYLE = `
  text { font: ${FONT_PX}px system-ui, sans-serif; text-anchor: middle; fill: #17202b }
  rect { stroke: #5b6b7f; stroke-width: 1.2; fill: #f3f6fa }
  .Choice rect { fill: #fff4d6; stroke: #b08a1e } .Wait rect { fill: #eef0f2; stroke-dasharray: 4 3 }
  .Succeed rect { fill: #d9f2df; stroke: #2f8a4c } .Fail rect { fill: #fde0df; stroke: #b8443f }
  path { fill: none; stroke: #5b6b7f; stroke-width: 1.3 } path.catch { stroke: #b8443f; stroke-dasharray: 5 4; stroke-width: 1 }`;

/** Draws a definition as SVG on white, so that it reads in light and dark pages alike. */
export const drawStateGraph = (definition: Definition): string => {
  const layout = layoutOf(definition);
  const lines = layout.edges.map(
    ({ kind, points }) =>
      `<path class="${kind}" d="${pathOf(points)}" marker-end="url(#${kind === 'catch' ? 'error' : 'arrow'})"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox(layout)}" role="img" aria-label="The states of a rollout">`,
    `<style>${STYLE}</style><defs>${arrow('arrow', '#5b6b7f')}${arrow('error', '#b8443f')}</defs>`,
    `<rect x="${layout.left}" width="100%" height="100%" style="fill:#ffffff;stroke:none"/>`,
    ...lines,
    ...layout.nodes.map((node) => shape(node, '')),
    '</svg>',
    '',
  ].join('\n');
};

/** How often each state was entered, and each way taken. */
export interface PathTaken {
  readonly states: ReadonlyMap<string, number>;
  /** By `from\nto`. */
  readonly edges: ReadonlyMap<string, number>;
}

/** Counts the states and ways of an execution. @param states that it entered, in order */
export const pathTaken = (states: readonly string[]): PathTaken => {
  const count = (all: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  };
  return {
    states: count(states),
    edges: count(states.slice(1).map((to, index) => `${states[index]}\n${to}`)),
  };
};

const takenOf = ({ edges }: PathTaken, { from, to }: Edge): number => edges.get(`${from}\n${to}`) ?? 0;

const badge = ({ x, y }: { x: number; y: number }, times: number): string =>
  times < 2
    ? ''
    : `<text class="times" x="${(x + 6).toFixed(1)}" y="${(y + FONT_PX / 3).toFixed(1)}">${times}×</text>`;

/**
 * Draws the states that an execution went through, and the ways that it took between them, as SVG for a page that styles
 * it: classes are the states' types, `catch` for errors, `times` for how often.
 */
export const drawPath = (definition: Definition, states: readonly string[], label: string): string => {
  const path = pathTaken(states);
  const layout = layoutOf(definition, {
    state: (name) => path.states.has(name),
    edge: (edge) => takenOf(path, edge) > 0,
  });
  const lines = layout.edges.map((edge) => {
    const middle = edge.points[Math.floor(edge.points.length / 2)] ?? { x: 0, y: 0 };
    return `<path class="${edge.kind}" d="${pathOf(edge.points)}" marker-end="url(#way)"/>${badge(middle, takenOf(path, edge))}`;
  });
  return [
    `<svg class="graph" viewBox="${viewBox(layout)}" style="max-width:${Math.round(layout.width * SHRUNK)}px" role="img" aria-label="${escapeXml(label).replaceAll('"', '&quot;')}">`,
    ...lines,
    ...layout.nodes.map((node) => shape(node, '')),
    '</svg>',
  ].join('\n');
};
