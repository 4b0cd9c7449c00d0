import { describe, expect, it } from 'vitest';
import {
  distributionOf,
  gridCell,
  gridValue,
  merged,
  summaryOf,
} from '../../../sandbox/cloudwatch/distribution.ts';
import { parseStatistic } from '../../../sandbox/cloudwatch/statistic.ts';

const of = (stat: string, values: number[], counts?: number[]) =>
  parseStatistic(stat)?.(distributionOf(values, counts));

describe('statistics of a period', () => {
  const oneToTen = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

  it.each([
    ['Sum', 55],
    ['SampleCount', 10],
    ['Average', 5.5],
    ['Minimum', 1],
    ['Maximum', 10],
    ['TC(3:7)', 4],
    ['TC(7:)', 3],
    ['tc(:7)', 7],
    ['PR(:7)', 70],
    ['PR(2:4)', 20],
    ['tc90', 9],
    ['tm90', 5],
    ['TM(10%:90%)', 5.5],
    ['TM(25%:75%)', 5.5],
    ['IQM', 5.5],
    ['ts50', 15],
    ['TS(80%:)', 19],
    ['wm80', 5.2],
    ['WM(20%:80%)', 5.3],
    ['TM(150:1000)', undefined],
  ])('%s of 1 to 10 is %d: lower bounds are exclusive, upper ones inclusive', (stat, expected) => {
    const value = of(stat, oneToTen);
    if (expected === undefined) expect(value).toBeUndefined();
    else expect(value).toBeCloseTo(expected, 12);
  });

  it.each([
    [0, 15],
    [5, 15],
    [20, 15],
    [30, 20],
    [40, 20],
    [50, 35],
    [90, 50],
    [100, 50],
  ])('p%d of 15 20 35 40 50 is %d: the nearest-rank example of textbooks', (p, expected) => {
    expect(of(`p${p}`, [15, 20, 35, 40, 50])).toBe(expected);
  });

  it('ranks are not lost to rounding where p times n is whole', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    for (const p of [7, 14, 28, 29, 55, 56, 57, 58, 99, 99.5])
      expect(of(`p${p}`, hundred)).toBe(Math.ceil(p));
  });

  it('counts weigh values', () => {
    expect(of('p99', [50, 900], [985, 15])).toBe(900);
    expect(of('p98', [50, 900], [985, 15])).toBe(50);
    expect(of('TC(500:)', [50, 900], [985, 15])).toBe(15);
  });

  it.each(['p101', 'TC(:)', 'PR95', 'median', 'sum', 'TM(a:b)'])('%s is not a statistic', (stat) => {
    expect(parseStatistic(stat)).toBeUndefined();
  });

  it('statistic sets have sums but no percentiles, unless one value is the only one possible', () => {
    const set = { sampleCount: 4, sum: 10, minimum: 1, maximum: 4 };
    expect(parseStatistic('Average')?.(summaryOf(set))).toBe(2.5);
    expect(parseStatistic('p50')?.(summaryOf(set))).toBeUndefined();
    expect(parseStatistic('TC(2:)')?.(merged([summaryOf(set), distributionOf([9])]))).toBeUndefined();
    expect(parseStatistic('p50')?.(summaryOf({ sampleCount: 2, sum: 6, minimum: 3, maximum: 3 }))).toBe(3);
  });

  it('negative values have no percentiles', () => {
    expect(of('p50', [-1, 2, 3])).toBeUndefined();
    expect(of('Minimum', [-1, 2, 3])).toBe(-1);
  });
});

describe('very many different values', () => {
  it('keep sums exact and percentiles within 0.4 %', () => {
    const values = Array.from({ length: 50_000 }, (_, index) => 1 + index / 7);
    const whole = distributionOf(values);
    expect(whole.values.length).toBeLessThan(2_000);
    expect(whole.sum).toBe(values.reduce((a, b) => a + b, 0));
    expect(whole.maximum).toBe(values.at(-1));
    for (const p of [1, 50, 95, 99]) {
      const exact = values[Math.ceil((p / 100) * values.length) - 1] ?? 0;
      expect(Math.abs((parseStatistic(`p${p}`)?.(whole) ?? 0) / exact - 1)).toBeLessThan(0.004);
    }
  });

  it('grid cells rise with the value and hold their own middle', () => {
    for (let value = 0.001; value < 1e6; value *= 1.37) {
      const middle = gridValue(gridCell(value));
      expect(gridCell(middle)).toBe(gridCell(value));
      expect(Math.abs(middle / value - 1)).toBeLessThanOrEqual(1 / 256);
      expect(gridCell(value * 1.01)).toBeGreaterThan(gridCell(value));
    }
  });
});
