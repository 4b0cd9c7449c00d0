import type { Sandbox } from '../sandbox.ts';
import { describeExecution, type HistoryEvent, historyOf, listExecutions } from './executions.ts';
import { sayIn, type Visit, visitsOf } from './visits.ts';

/** One state as the console's table view shows it. */
export interface TraceRow {
  /** Seconds since the execution began. */
  readonly at: number;
  readonly state: string;
  readonly say: string;
}

/** The states that an execution went through, in order, each with its sentence. */
export const rowsOf = (history: readonly HistoryEvent[]): TraceRow[] => {
  const start = history[0]?.timestamp.getTime() ?? 0;
  const rows: TraceRow[] = [];
  for (const {
    type,
    timestamp,
    stateEnteredEventDetails: entered,
    stateExitedEventDetails: exited,
  } of history) {
    if (entered !== undefined && (type === 'SucceedStateEntered' || type === 'FailStateEntered')) {
      rows.push({ at: (timestamp.getTime() - start) / 1000, state: entered.name, say: '' });
    } else if (exited !== undefined && type === 'TaskStateExited') {
      rows.push({ at: (timestamp.getTime() - start) / 1000, state: exited.name, say: sayIn(exited.output) });
    }
  }
  return rows;
};

/** `5:00`, and `1:05:00` from an hour on. */
export const clock = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

/** How a state ended, as the console names it, with the attempts where it took more than one. */
export const statusOf = ({ status, attempts }: Visit): string =>
  attempts > 1 ? `${status} (${attempts} attempts)` : status;

/** A terminal's width. */
const WIDTH = 80;
/** Where names of states begin, and what is said of them. */
const INDENT = 10;

const wrapped = (text: string, indent: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > WIDTH - indent && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].filter((one) => one !== '').map((one) => `${' '.repeat(indent)}${one}`);
};

const columns = (
  started: string,
  [name, type, status, resource, took]: readonly [string, string, string, string, string],
): string =>
  `${started.padStart(INDENT - 2)}  ${name.padEnd(30)} ${type.padEnd(7)} ${status.padEnd(12)} ${resource.padEnd(7)} ${took.padStart(8)}`.trimEnd();

const HEADER = columns('Started', ['Name', 'Type', 'Status', 'Calls', 'Duration']);

const linesOf = (visit: Visit): string[] => {
  const { state, type, status, resource, durationMs, startedMs, attempts, error, say } = visit;
  const tries = attempts > 1 ? `${attempts} attempts` : '';
  const trouble = [tries, error].filter((part) => part !== '').join(', ');
  return [
    columns(clock(startedMs), [state, type, status, resource, clock(durationMs)]),
    ...wrapped(trouble, INDENT + 2),
    ...wrapped(say, INDENT + 2),
  ];
};

/** Every execution of a sandbox as the console's table view would show it, for a terminal of 80 columns. */
export const traceOf = async (sandbox: Sandbox): Promise<string> => {
  const lines: string[] = [];
  for (const { executionArn, name } of await listExecutions(sandbox)) {
    const { status, error, cause, startDate } = await describeExecution(sandbox, executionArn);
    const visits = visitsOf(await historyOf(sandbox, executionArn));
    const ended = `${status}${error === undefined ? '' : `  ${error}`}`;
    lines.push('', ...wrapped(name, 0), ...wrapped(`${ended}, started ${startDate.toISOString()}`, 2));
    if (cause !== undefined) lines.push(...wrapped(cause, 2));
    lines.push(HEADER, ...visits.flatMap(linesOf));
  }
  return `${lines.join('\n')}\n`;
};
