import type { TraceRow } from '../../sandbox/rehearsal/trace.ts';
import type { ClientCount } from '../../sandbox/traffic/ledger.ts';

/** What a screen can keep in sight while it changes. */
export interface Panel {
  /** The version under way; undefined between releases. */
  readonly version: string | undefined;
  /** The state that its execution is in, or what is waited for. */
  readonly state: string;
  /** Percent of the canary. */
  readonly canary: number;
  /** What users saw, by version. */
  readonly versions: Readonly<Record<string, ClientCount>>;
  /** Seconds since the demo began. */
  readonly seconds: number;
  /** What keys do now; empty where there are none. */
  readonly keys: string;
}

/** How a line is meant. */
export type Tone = 'plain' | 'heading' | 'good' | 'bad' | 'quiet';

/** Where a demo tells what happens. */
export interface Screen {
  /** A line that stays. */
  line(text: string, tone?: Tone): void;
  /** A state of an execution has ended. */
  step(row: TraceRow, tone?: Tone): void;
  /** Somebody else's words, such as a message to a channel. */
  quote(lines: readonly string[]): void;
  /** What is kept in sight from now on, if the screen can; undefined: nothing. */
  show(panel: Panel | undefined): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}
