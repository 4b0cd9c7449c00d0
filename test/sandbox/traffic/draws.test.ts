import { describe, expect, it } from 'vitest';
import { exp, log, logFactorial, normalQuantile } from '../../../sandbox/exact-math.ts';
import { seededRandom, streamSeed } from '../../../sandbox/random.ts';
import { binomial, multinomial, poisson } from '../../../sandbox/traffic/model/draws.ts';

const moments = (draws: number[]) => {
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  return { mean, variance: draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length };
};

describe('mathematics that is the same on every machine', () => {
  it('exp and log agree with the built-in ones to 1e-14', () => {
    for (let x = -30; x < 30; x += 0.37) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
      expect(Math.abs(log(exp(x)) - x)).toBeLessThan(1e-13);
    }
    expect(log(1)).toBe(0);
    expect(exp(0)).toBe(1);
  });

  it('ln(n!) meets the published values of 20! and 100!', () => {
    expect(exp(logFactorial(20)) / 2_432_902_008_176_640_000).toBeCloseTo(1, 10);
    expect(logFactorial(100)).toBeCloseTo(363.7393755555635, 9);
  });

  it.each([
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.9999, 3.719016485455709],
  ])('the normal quantile of %d is %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 7);
    expect(normalQuantile(1 - p)).toBeCloseTo(-z, 7);
  });
});

describe('seeded random numbers', () => {
  it('are these, everywhere and for ever', () => {
    const random = seededRandom(7);
    expect([random(), random(), random()].map((x) => Math.floor(x * 1e9))).toMatchInlineSnapshot(`
      [
        410093373,
        116371991,
        907201473,
      ]
    `);
  });

  it('differ by stream, and a stream does not know what others drew', () => {
    const alone = seededRandom(streamSeed(1, 'traffic', 'a'));
    const expected = [alone(), alone()];
    const again = seededRandom(streamSeed(1, 'traffic', 'a'));
    const other = seededRandom(streamSeed(1, 'traffic', 'b'));
    expect([again(), other(), again()].filter((_, index) => index !== 1)).toEqual(expected);
    expect(other()).not.toBe(expected[1]);
  });

  it('spread evenly: chi-squared over 100 cells stays below its 99.9 % point', () => {
    const random = seededRandom('even');
    const cells = new Array<number>(100).fill(0);
    for (let draw = 0; draw < 100_000; draw++) {
      const cell = Math.floor(random() * 100);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    const chiSquared = cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chiSquared).toBeLessThan(148.2);
    expect(chiSquared).toBeGreaterThan(61);
  });
});

describe('draws', () => {
  const random = seededRandom('draws');
  const many = (draw: () => number) => moments(Array.from({ length: 20_000 }, draw));

  it.each([0.3, 4, 95.5, 6_000])('Poisson numbers of mean %d have that mean and variance', (lambda) => {
    const { mean, variance } = many(() => poisson(random, lambda));
    expect(Math.abs(mean / lambda - 1)).toBeLessThan(0.03);
    expect(Math.abs(variance / lambda - 1)).toBeLessThan(0.06);
  });

  it.each([
    [10, 0.5],
    [300, 0.001],
    [6_000, 0.05],
    [6_000, 0.97],
  ])('binomial numbers of %d at %d have the mean np and variance npq', (n, p) => {
    const { mean, variance } = many(() => binomial(random, n, p));
    expect(Math.abs(mean / (n * p) - 1)).toBeLessThan(0.03);
    expect(Math.abs(variance / (n * p * (1 - p)) - 1)).toBeLessThan(0.06);
  });

  it('a small binomial has the probabilities of the textbook', () => {
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 80_000; draw++) {
      const k = binomial(random, 3, 0.5);
      counts[k] = (counts[k] ?? 0) + 1;
    }
    [0.125, 0.375, 0.375, 0.125].forEach((share, k) => {
      expect((counts[k] ?? 0) / 80_000).toBeCloseTo(share, 2);
    });
  });

  it('nothing and everything are certain', () => {
    expect(poisson(random, 0)).toBe(0);
    expect(binomial(random, 50, 0)).toBe(0);
    expect(binomial(random, 50, 1)).toBe(50);
    expect(multinomial(random, 50, [0, 3, 0])).toEqual([0, 50, 0]);
    expect(multinomial(random, 50, [0, 0])).toEqual([0, 0]);
  });

  it('a split loses nobody', () => {
    for (let draw = 0; draw < 500; draw++) {
      const parts = multinomial(random, 1_000, [95, 5, 0.5]);
      expect(parts.reduce((a, b) => a + b, 0)).toBe(1_000);
    }
  });
});
