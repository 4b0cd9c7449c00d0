/** Sums of numbers that are kept as natural logarithms, so that neither very small nor very large ones are lost. */

/** log(exp(a) + exp(b)); -Infinity stands for log 0. */
export const logAddExp = (a: number, b: number): number => {
  const top = Math.max(a, b);
  return top === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(-Math.abs(a - b)));
};

/** log of the mean of exp(x); -Infinity for no values. */
export const logMeanExp = (values: readonly number[]): number => {
  const top = Math.max(...values);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0) / values.length);
};
