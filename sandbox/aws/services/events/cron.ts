const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** When a schedule runs next after an instant, both epoch milliseconds; undefined: never again. */
export type Schedule = (after: number) => number | undefined;

const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: DAY };

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** AWS counts the days of the week from Sunday as 1. */
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minutes', low: 0, high: 59 },
  { name: 'hours', low: 0, high: 23 },
  { name: 'day of month', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, names: MONTHS },
  { name: 'day of week', low: 1, high: 7, names: WEEKDAYS },
  { name: 'year', low: 1970, high: 2199 },
];

const bad = (expression: string, why: string) => new RangeError(`schedule ${expression}: ${why}`);

function numberOf(text: string, { low, high, names, name }: Field, expression: string): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + 1 : Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw bad(expression, `${name} must be from ${low} to ${high}, got ${text}`);
  return value;
}

/** `*`, `5`, `1-5`, `MON-FRI`, `0/15`, and lists of them. */
function valuesOf(text: string, field: Field, expression: string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const whole = range === '*' || range === '?';
    const [from = '', to] = range.split('-');
    const low = whole ? field.low : numberOf(from, field, expression);
    const high =
      whole || (step !== undefined && to === undefined)
        ? field.high
        : to === undefined
          ? low
          : numberOf(to, field, expression);
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw bad(expression, `${field.name} has the step ${step}`);
    // FRI-MON goes round the end.
    const span = high >= low ? high - low : field.high - low + 1 + high - field.low;
    for (let offset = 0; offset <= span; offset += by)
      values.add(((low - field.low + offset) % (field.high - field.low + 1)) + field.low);
  }
  return values;
}

const lastDayOf = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

/** `L`, `15W` and plain days of the month. */
function dayOfMonth(text: string, field: Field, expression: string): (date: Date) => boolean {
  if (text === 'L') return (date) => date.getUTCDate() === lastDayOf(date);
  const near = /^(\d+)W$/.exec(text)?.[1];
  if (near === undefined) {
    const days = valuesOf(text, field, expression);
    return (date) => days.has(date.getUTCDate());
  }
  return (date) => date.getUTCDate() === nearestWeekday(date, numberOf(near, field, expression));
}

/** The weekday nearest to a day, in the same month. */
function nearestWeekday(date: Date, day: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDayOf(date) ? day - 2 : day + 1;
  return day;
}

/** `6#3` is the third Friday, `5L` the last Thursday, `L` Saturday. */
function dayOfWeek(text: string, field: Field, expression: string): (date: Date) => boolean {
  const is = (date: Date, day: number) => date.getUTCDay() + 1 === day;
  const [day = '', nth] = text.split('#');
  if (nth !== undefined) {
    const wanted = numberOf(day, field, expression);
    return (date) => is(date, wanted) && Math.ceil(date.getUTCDate() / 7) === Number(nth);
  }
  if (text === 'L') return (date) => is(date, 7);
  if (text.endsWith('L')) {
    const wanted = numberOf(text.slice(0, -1), field, expression);
    return (date) => is(date, wanted) && date.getUTCDate() + 7 > lastDayOf(date);
  }
  const days = valuesOf(text, field, expression);
  return (date) => days.has(date.getUTCDay() + 1);
}

/** A leap day on a given weekday is at most 40 years away. */
const SEARCH = 41 * 366 * DAY;

function cron(inside: string, expression: string): Schedule {
  const parts = inside.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    throw bad(expression, `cron needs ${FIELDS.length} fields, got ${parts.length}`);
  if (parts[2] !== '?' && parts[4] !== '?')
    throw bad(expression, 'one of day of month and day of week must be ?');
  const set = (index: number) => valuesOf(parts[index] as string, FIELDS[index] as Field, expression);
  const [minutes, hours, months, years] = [set(0), set(1), set(3), set(5)];
  const inMonth = dayOfMonth(parts[2] as string, FIELDS[2] as Field, expression);
  const inWeek = dayOfWeek(parts[4] as string, FIELDS[4] as Field, expression);
  const onDay = (date: Date) =>
    years.has(date.getUTCFullYear()) && months.has(date.getUTCMonth() + 1) && inMonth(date) && inWeek(date);
  return (after) => {
    const first = Math.floor(after / MINUTE) * MINUTE + MINUTE;
    for (let day = Math.floor(first / DAY) * DAY; day < first + SEARCH; day += DAY) {
      if (!onDay(new Date(day))) continue;
      for (let at = Math.max(day, first); at < day + DAY; at += MINUTE) {
        const date = new Date(at);
        if (hours.has(date.getUTCHours()) && minutes.has(date.getUTCMinutes())) return at;
      }
    }
    return undefined;
  };
}

/**
 * Reads `rate(5 minutes)` or `cron(0 12 ? * MON-FRI *)`, in UTC, as EventBridge does (User Guide, "Schedule types").
 * A rate counts from `start`, the rule's creation.
 * @throws RangeError naming the expression and what is wrong in it
 */
export function parseSchedule(expression: string, start: number): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) {
    const count = Number(rate[1]);
    if (count === 0 || (count === 1) === (rate[3] === 's'))
      throw bad(expression, 'the unit is singular for 1, plural for more, and 0 is not allowed');
    const period = count * (UNITS[rate[2] as string] as number);
    return (after) => start + (Math.floor((after - start) / period) + 1) * period;
  }
  const inside = /^cron\((.+)\)$/.exec(expression)?.[1];
  if (inside === undefined) throw bad(expression, 'must be rate(…) or cron(…)');
  return cron(inside, expression);
}
