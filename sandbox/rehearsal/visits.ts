import type { HistoryEvent } from './executions.ts';

/** One state that an execution went through, as a line of the console's table view. */
export interface Visit {
  readonly state: string;
  /** `Task`, `Choice`, `Wait` …, as the definition says. */
  readonly type: string;
  /** `Caught error`: it failed, and a Catch led on. */
  readonly status: 'Succeeded' | 'Failed' | 'Caught error' | 'Aborted' | 'Timed out' | 'In progress';
  /** What a task calls (`lambda`); empty for states that call nothing. */
  readonly resource: string;
  /** Attempts of a task; 0 for other states. */
  readonly attempts: number;
  /** Milliseconds since the execution began, and how long it was in the state. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** The sentence in its output, if it has one. */
  readonly say: string;
  /** The error that it failed with last. */
  readonly error: string;
}

interface Open {
  readonly state: string;
  readonly type: string;
  readonly at: number;
  resource: string;
  attempts: number;
  error: string;
}

/** The sentence in a state's output, if it has one. */
export const sayIn = (output: string | undefined): string => {
  const parsed: unknown = output === undefined ? undefined : JSON.parse(output);
  const say = (parsed as { say?: unknown } | null | undefined)?.say;
  return typeof say === 'string' ? say : '';
};

const ENDS: Readonly<Record<string, Visit['status']>> = {
  ExecutionFailed: 'Failed',
  ExecutionAborted: 'Aborted',
  ExecutionTimedOut: 'Timed out',
};

/** How an attempt of a task failed, by its event. */
const errorIn = (event: HistoryEvent): string | undefined => {
  const { taskFailedEventDetails: failed, taskTimedOutEventDetails: timedOut } = event;
  return (failed ?? timedOut)?.error;
};

const closed = (open: Open, at: number, end: Pick<Visit, 'status' | 'say'>): Omit<Visit, 'startedMs'> => {
  const { state, type, resource, attempts, error } = open;
  return { state, type, resource, attempts, error, durationMs: at - open.at, ...end };
};

/** The states that an execution went through, in order. The machine has no Parallel and no Map: one state at a time. */
export const visitsOf = (history: readonly HistoryEvent[]): Visit[] => {
  const begin = history[0]?.timestamp.getTime() ?? 0;
  const visits: Visit[] = [];
  let open: Open | undefined;
  const close = (at: number, end: Pick<Visit, 'status' | 'say'>): void => {
    if (open !== undefined) visits.push({ ...closed(open, at, end), startedMs: open.at - begin });
    open = undefined;
  };
  for (const event of history) {
    const { type, timestamp, stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    const at = timestamp.getTime();
    const error = errorIn(event);
    if (entered !== undefined)
      open = {
        state: entered.name,
        type: type.replace('StateEntered', ''),
        at,
        resource: '',
        attempts: 0,
        error: '',
      };
    else if (exited !== undefined)
      // Other states hand on what the task before them said.
      close(at, {
        status: open?.error ? 'Caught error' : 'Succeeded',
        say: open?.type === 'Task' ? sayIn(exited.output) : '',
      });
    else if (ENDS[type] !== undefined) close(at, { status: ENDS[type], say: '' });
    else if (open !== undefined && type === 'TaskScheduled') {
      open.attempts++;
      open.resource = event.taskScheduledEventDetails?.resourceType ?? '';
      open.error = '';
    } else if (open !== undefined && error !== undefined) open.error = error;
  }
  close(history.at(-1)?.timestamp.getTime() ?? begin, { status: 'In progress', say: '' });
  return visits;
};
