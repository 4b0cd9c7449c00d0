import { EvaluationFailure } from '../failure.ts';
import { evaluateTyped } from '../jsonata/evaluate.ts';
import { bindings, type Leaving, type Visit } from '../line.ts';

/** Longest Wait in seconds (Step Functions documentation, Wait state). */
const longestWait = 99_999_999;

/** RFC 3339 as the ASL specification narrows it: an upper-case T, and an upper-case Z where there is no offset. */
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** True for a date that exists: `Date` turns 30 February into March without a word. */
const exists = (text: string): boolean => {
  const [day] = text.split('T');
  const parsed = Date.parse(`${day}T00:00:00Z`);
  return (
    !Number.isNaN(Date.parse(text)) &&
    !Number.isNaN(parsed) &&
    new Date(parsed).toISOString().startsWith(`${day}`)
  );
};

const until = async (visit: Visit): Promise<number> => {
  const text = (await evaluateTyped(visit.state.Timestamp, bindings(visit), 'Timestamp', 'string')) as string;
  if (timestamp.test(text) && exists(text)) return Date.parse(text);
  throw new EvaluationFailure(
    `The value '${text}' specified for the field 'Timestamp' is not a valid ISO-8601 extended offset date-time format string.`,
    'Timestamp',
  );
};

const milliseconds = async (visit: Visit): Promise<number> => {
  const seconds = (await evaluateTyped(visit.state.Seconds, bindings(visit), 'Seconds', 'number')) as number;
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= longestWait) return seconds * 1000;
  throw new EvaluationFailure(
    `The value ${seconds} specified for the field 'Seconds' is not a whole number from 0 to ${longestWait}.`,
    'Seconds',
  );
};

/** Waits by Seconds, or until Timestamp; a time that has passed waits no longer. */
export const runWait = async (visit: Visit): Promise<Leaving> => {
  const { state, line, input } = visit;
  const { clock } = line.run;
  const delay = state.Seconds === undefined ? (await until(visit)) - clock.now() : await milliseconds(visit);
  await clock.sleep(Math.max(0, delay), line.signal);
  return { output: input, next: state.Next };
};
