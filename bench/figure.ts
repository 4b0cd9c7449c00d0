/** One measured figure beside what it has to reach. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  readonly unit: 's' | 'ms' | 'KB';
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
};

/** Seconds that an action takes by the wall clock. */
export const secondsOf = async (action: () => unknown): Promise<number> => {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
};

const DIGITS = { s: 2, ms: 0, KB: 0 } as const;
const shown = (value: number, unit: Figure['unit']): string => `${value.toFixed(DIGITS[unit])} ${unit}`;

export const reached = ({ measured, target }: Figure): boolean => measured < target;

/** A table for a terminal, a figure a line. */
export const tableOf = (figures: readonly Figure[]): string => {
  const rows = figures.map((figure) => [
    figure.what,
    shown(figure.measured, figure.unit),
    `under ${shown(figure.target, figure.unit)}`,
    reached(figure) ? 'reached' : 'MISSED',
  ]);
  const all = [['figure', 'measured', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
