/** Draws with a seed, so that every run has the same rollouts. */
export type Random = () => number;

const mix = (value: number): number => {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
};

/** Uniform draws in (0, 1) of a 32-bit generator (mulberry32, Ettinger 2017), one stream per list of seeds. */
export const random = (...seeds: readonly number[]): Random => {
  let state = seeds.reduce((sum, seed) => mix(sum * 31 + seed + 0x9e3779b9), 1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return (((x ^ (x >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
};

export const normal = (draw: Random): number =>
  Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());

/** Gamma of a shape of 1 or more and scale 1 (Marsaglia and Tsang 2000). */
export const gamma = (draw: Random, shape: number): number => {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(draw);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(draw()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
};

const SMALL = 15;

/** Binomial; large ones by the median of the uniform order statistics (Devroye 1986, X.4.3), so exact for any size. */
export const binomial = (draw: Random, n: number, p: number): number => {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(draw, n, 1 - p);
  if (n * p < SMALL) {
    const log = Math.log1p(-p);
    let count = -1;
    for (let at = 0; at <= n; count += 1) at += Math.floor(Math.log(draw()) / log) + 1;
    return count;
  }
  const middle = (n + 1) >> 1;
  const a = gamma(draw, middle);
  const x = a / (a + gamma(draw, n + 1 - middle));
  return x > p ? binomial(draw, middle - 1, p / x) : middle + binomial(draw, n - middle, (p - x) / (1 - x));
};

/** Poisson (Ahrens and Dieter 1974: a gamma split). */
export const poisson = (draw: Random, mean: number): number => {
  if (mean < SMALL) {
    let count = -1;
    for (let sum = 0; sum < mean; count += 1) sum -= Math.log(draw());
    return Math.max(0, count);
  }
  const part = Math.floor((7 * mean) / 8);
  const x = gamma(draw, part);
  return x > mean ? binomial(draw, part - 1, mean / x) : part + poisson(draw, mean - x);
};
