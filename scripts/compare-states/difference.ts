import { type KnownDifference, knownDifferences } from './known-differences.ts';
import type { Ran } from './run-here.ts';

const VARYING = new Set([
  ...['timestamp', 'roleArn', 'id', 'previousEventId'],
  ...['inputDetails', 'outputDetails', 'assignedVariablesDetails'],
]);
/** Texts with JSON in them: spaces in it are nobody's business. */
const JSON_TEXTS = new Set(['input', 'output', 'parameters']);

const EVALUATION_FAILED = '"type":"EvaluationFailed"';
/** moto's second entry for a failed evaluation, which leaves out the state that API_EvaluationFailedEventDetails requires. */
const DOUBLE =
  '{"evaluationFailedEventDetails":{"cause":"a failed evaluation","error":"States.QueryEvaluationError"},"type":"EvaluationFailed"}';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** An event without what varies; the words of a failed evaluation are the JSONata library's own. */
const comparable = (value: unknown, name = '', inVariables = false): unknown => {
  if (typeof value === 'string') {
    if (JSON_TEXTS.has(name) || inVariables) return comparable(parsed(value));
    return value.includes('The JSONata expression ') ? 'a failed evaluation' : value;
  }
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !VARYING.has(key))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, comparable(item, key, name === 'assignedVariables')]),
  );
};

const linesOf = (ran: Ran): readonly string[] => {
  if (ran.refused !== undefined) return ['refused'];
  if (ran.hangs) return ['hangs'];
  const { status, output, error, cause } = ran;
  const events = (ran.events ?? []).map((event) => JSON.stringify(comparable(event)));
  // moto writes some failed evaluations down twice: AWS does not (recorded test_map_state_items_input_types).
  const once = events.filter(
    (line, at) =>
      line !== DOUBLE &&
      // Which states of a failing branch are told to be aborted, no recording and no page says.
      !line.includes('StateAborted"') &&
      (!line.includes(EVALUATION_FAILED) || line !== events[at - 1]),
  );
  return [...once, JSON.stringify(comparable({ status, output, error, cause }))];
};

/** The lines of both without those that the other has too, however often. */
const withoutShared = (ours: readonly string[], other: readonly string[]) => {
  const left = [...other];
  const onlyHere = ours.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [onlyHere, left] as const;
};

/** What comparing two histories found. */
export interface Compared {
  /** The first event that is not the same in both. */
  readonly difference?: string;
  readonly known: ReadonlySet<KnownDifference>;
}

/** Compares two histories event by event; where branches ran at the same time, whatever the order. */
export const compare = (here: Ran, there: Ran, anyOrder: boolean): Compared => {
  const [all, allOther] = [linesOf(here), linesOf(there)];
  const [ours, other] = anyOrder ? withoutShared(all, allOther) : [all, allOther];
  const known = new Set<KnownDifference>();
  const end = anyOrder
    ? knownDifferences.find(
        (rule) =>
          rule.ends &&
          ours.some((line) => rule.here.test(line)) &&
          other.some((line) => rule.there.test(line)),
      )
    : undefined;
  if (end !== undefined) return { known: new Set([end]) };
  for (let at = 0; at < Math.max(ours.length, other.length); at++) {
    const [one = 'nothing', another = 'nothing'] = [ours[at], other[at]];
    if (one === another) continue;
    const rule = knownDifferences.find((entry) => entry.here.test(one) && entry.there.test(another));
    if (rule === undefined) {
      const why = here.refused ?? there.refused;
      const place = `event ${at + 1}${why === undefined ? '' : ` (${why})`}`;
      return { difference: `  ${place}\n  here  ${one}\n  there ${another}`, known };
    }
    known.add(rule);
    if (rule.ends) break;
  }
  return { known };
};
