/** The standard normal distribution. */

/** P(Z > z), by Abramowitz and Stegun 26.2.17: off by less than 7.5e-8. */
export const normalTail = (z: number): number => {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
};

const WIDEST = 8;
const HALVINGS = 60;

/** The z that a standard normal variable stays below with a probability of 0 to 1; found by halving, between -8 and 8. */
export const normalQuantile = (probability: number): number => {
  let [low, high] = [-WIDEST, WIDEST];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (1 - normalTail(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
