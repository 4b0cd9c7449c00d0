import { actions, type Scenario, type TimelineEntry } from '../scenario.ts';

type Block = Readonly<Record<string, unknown>>;

/** What the names in a timeline are checked by. Entries keep their place in the file. */
export interface ReadableParts {
  readonly timeline: readonly Partial<TimelineEntry>[];
  /** The versions that are described. */
  readonly versions: readonly string[];
  readonly running: Scenario['running'];
}

const blockOf = (value: unknown): Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Block) : {};

/** Of an entry, the actions that are well formed. */
const entryOf = (value: unknown): Partial<TimelineEntry> => {
  const block = blockOf(value);
  const parts = Object.entries(actions).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(block[name]);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  const service = typeof block.service === 'string' ? { service: block.service } : {};
  return { ...Object.fromEntries(parts), ...service };
};

/** Of a scenario as written, what can be read: a mistake in one place keeps none in another from being told. */
export const readableParts = (value: unknown): ReadableParts => {
  const { timeline, versions, running } = blockOf(value);
  return {
    timeline: Array.isArray(timeline) ? timeline.map(entryOf) : [],
    versions: Object.keys(blockOf(versions)),
    running: typeof running === 'string' ? running : '6.0.0',
  };
};
