/** A definition before anybody has checked it: whatever is not an object counts as an empty one, so that all else is still read. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** As {@link record}, for lists. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A state that has not been checked. */
export type RawState = Readonly<Record<string, unknown>>;

/** States that run as one, and where they stand in the definition: empty for the machine's own, else `Fan out/Branches[0]/`. */
export interface RawGraph {
  readonly at: string;
  readonly startAt: string;
  readonly states: ReadonlyMap<string, RawState>;
}

export const graphOf = (value: unknown, at = ''): RawGraph => {
  const { StartAt, States } = record(value);
  const states = Object.entries(record(States)).map(([name, state]) => [name, record(state)] as const);
  return { at, startAt: String(StartAt), states: new Map(states) };
};

/** The graphs inside a Parallel or a Map. */
export const innerGraphs = (graph: RawGraph, name: string, state: RawState): readonly RawGraph[] => {
  const at = `${graph.at}${name}/`;
  const branches = list(state.Branches).map((branch, index) => graphOf(branch, `${at}Branches[${index}]/`));
  return state.ItemProcessor === undefined
    ? branches
    : [...branches, graphOf(state.ItemProcessor, `${at}ItemProcessor/`)];
};

/** The graph and all graphs inside it. */
export const everyGraph = (graph: RawGraph): readonly RawGraph[] => [
  graph,
  ...[...graph.states].flatMap(([name, state]) => innerGraphs(graph, name, state).flatMap(everyGraph)),
];
