import type { Sandbox } from '../sandbox.ts';
import { describeExecution, type HistoryEvent, historyOf, listExecutions } from './executions.ts';

/** One state as the console's table view shows it. */
export interface TraceRow {
  /** Seconds since the execution began. */
  readonly at: number;
  readonly state: string;
  readonly say: string;
}

/** The sentence in a state's output, if it has one. */
const sayIn = (output: string | undefined): string => {
  const parsed: unknown = output === undefined ? undefined : JSON.parse(output);
  const say = (parsed as { say?: unknown } | null | undefined)?.say;
  return typeof say === 'string' ? say : '';
};

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

const clock = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(3)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** Every execution of a sandbox as the console's table view would show it, for a terminal. */
export const traceOf = async (sandbox: Sandbox): Promise<string> => {
  const lines: string[] = [];
  for (const { executionArn, name } of await listExecutions(sandbox)) {
    const { status, error, cause } = await describeExecution(sandbox, executionArn);
    lines.push('', `${name}  ${status}${error === undefined ? '' : `  ${error}`}`);
    if (cause !== undefined) lines.push(`  ${cause}`);
    for (const { at, state, say } of rowsOf(await historyOf(sandbox, executionArn))) {
      lines.push(`${clock(at)}  ${state.padEnd(28)}  ${say}`.trimEnd());
    }
  }
  return `${lines.join('\n')}\n`;
};
