import { styleText } from 'node:util';
import { Spinner } from 'listr2';
import type { TraceRow } from '../../sandbox/rehearsal/trace.ts';
import { panelLines } from './panel.ts';
import type { Panel, Screen, Tone } from './screen.ts';
import { fitted, hanging, minutes, stepStart, wrap } from './words.ts';

/** The terminal that is drawn on. */
export interface Terminal {
  write(text: string): unknown;
  /** Characters a line; a terminal that does not say has 80. */
  readonly columns?: number;
}

const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
/** Some terminals wrap already when the last column is written. */
const SPARE_COLUMN = 1;
const DEFAULT_COLUMNS = 80;
const NARROWEST = 20;

/** Colours for a text of each tone. */
const PAINT: Readonly<Record<Tone, (text: string) => string>> = {
  plain: (text) => text,
  heading: (text) => styleText('bold', text),
  good: (text) => styleText('green', text),
  bad: (text) => styleText('red', text),
  quiet: (text) => styleText('dim', text),
};

/** The split in colours, which come last: widths are counted before. */
const painted = (panel: readonly string[]): string[] =>
  panel.map((line, index) => {
    if (index === 1) return styleText('bold', line);
    return line
      .replace(/█+/, (cells) => styleText('blue', cells))
      .replace(/░+/, (cells) => styleText('yellow', cells));
  });

/** Below this many characters a line there is no room for columns. */
const WIDE = 100;

const stepLines = (row: TraceRow, width: number): string[] => {
  if (width >= WIDE) return hanging(stepStart(row), row.say, width);
  const text = row.say === '' ? row.state : `${row.state}: ${row.say}`;
  return hanging(`${minutes(row.at).padStart(6)}  `, text, width);
};

/** Lines that scroll away as they come, and below them a panel that stays. */
export const liveScreen = (terminal: Terminal): Screen => {
  const spinner = new Spinner();
  let drawn: readonly string[] = [];
  let panel: Panel | undefined;
  let closed = false;
  const width = () => Math.max(NARROWEST, (terminal.columns ?? DEFAULT_COLUMNS) - SPARE_COLUMN);
  const erase = (): string => {
    // A terminal that got narrower has wrapped what was drawn.
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / (width() + 1))), 0);
    return rows === 0 ? '' : `${ESC}${rows}A\r${ESC}0J`;
  };
  /** In one write, so that no half a picture is ever seen. */
  const draw = (above: readonly string[]): void => {
    const below =
      panel === undefined ? [] : ['', ...panelLines(panel, { width: width(), spinner: spinner.fetch() })];
    const text = [...above, ...painted(below)].map((line) => `${line}\n`).join('');
    terminal.write(`${erase()}${text}`);
    drawn = below;
  };
  terminal.write(HIDE_CURSOR);
  return {
    line: (text, tone = 'plain') => draw(wrap(text, width()).map(PAINT[tone])),
    step: (row, tone = 'plain') => draw(stepLines(row, width()).map(PAINT[tone])),
    quote: (lines) => draw(lines.map((line) => PAINT.quiet('  │ ') + fitted(line, width() - 4))),
    show: (next) => {
      panel = next;
      spinner.spin();
      draw([]);
    },
    close: () => {
      if (!closed) terminal.write(SHOW_CURSOR);
      closed = true;
    },
  };
};
