import { describe, expect, it } from 'vitest';
import { exampleSpec } from '../example-spec.ts';
import { BAD, GOOD, NONE, SLOW, walk } from './walk.ts';

const last = <T>(list: readonly T[]): T | undefined => list.at(-1);

describe("the threshold judge on Flagger's replay scenarios", () => {
  it('S1: step 10 up to 30 advances at each passing check and promotes at the last weight', () => {
    const { weights, ticks } = walk(exampleSpec(), [GOOD, GOOD, GOOD]);
    expect(weights).toEqual([10, 20, 30]);
    expect(ticks.map(({ decision }) => decision)).toEqual(['advance', 'advance', 'promote']);
    expect(last(ticks)?.weight).toBe(100);
  });

  it('S2: step 20 up to 50 stops at 50 where Flagger goes to 60', () => {
    const { weights } = walk(exampleSpec({ canary: { stepWeight: 20, maxWeight: 50 } }), [GOOD, GOOD, GOOD]);
    expect(weights).toEqual([20, 40, 50]);
  });

  it('S3: listed weights are walked as they stand', () => {
    const spec = exampleSpec({ canary: { stepWeights: [1, 2, 10, 80] } });
    const { weights, ticks } = walk(spec, [GOOD, GOOD, GOOD, GOOD]);
    expect(weights).toEqual([1, 2, 10, 80]);
    expect(last(ticks)?.decision).toBe('promote');
  });

  it('S4: the rollback comes one tick after the last failure allowed, with the texts of Flagger', () => {
    const spec = exampleSpec({ canary: { stepWeight: 5, maxWeight: 50 } });
    const { weights, ticks, texts } = walk(spec, [GOOD, BAD, BAD, BAD, BAD, BAD]);
    expect(weights).toEqual([5, 10]);
    expect(ticks.map(({ analysis }) => analysis.failedChecks)).toEqual([0, 1, 2, 3, 3]);
    expect(last(ticks)?.decision).toBe('rollBack');
    const halt = 'Halt podinfo.test advancement success rate 69.17% < 99%';
    expect(texts).toEqual([halt, halt, halt, 'Rolling back podinfo.test failed checks threshold reached 3']);
    expect(last(last(ticks)?.events ?? [])?.phase).toBe('Failed');
    expect(last(ticks)?.reason).toBe(
      'request-success-rate: 69.2 % of 1,800 canary requests succeeded (at least 99 % wanted), 3 checks failed',
    );
  });

  it('S4: latency fails a check as well, and the reason begins with its name', () => {
    const { ticks, texts } = walk(exampleSpec(), [SLOW, SLOW, SLOW, SLOW]);
    expect(texts[0]).toBe('Halt podinfo.test advancement request duration 5.00% of requests > 500ms');
    expect(last(ticks)?.reason).toBe(
      'request-duration: 5 % of 1,800 canary requests took longer than 500 ms (at most 1 % wanted), 3 checks failed',
    );
  });

  it('S5: failures are counted in total, not in a row: passing checks advance but take nothing back', () => {
    const { weights, ticks } = walk(exampleSpec(), [BAD, GOOD, BAD, GOOD, GOOD]);
    expect(weights).toEqual([10, 20, 30]);
    expect(last(ticks)).toMatchObject({ decision: 'promote', analysis: { failedChecks: 2 } });
    expect(last(walk(exampleSpec(), [BAD, GOOD, BAD, GOOD, BAD, GOOD]).ticks)?.decision).toBe('rollBack');
  });

  it('S21: no traffic ends in a rollback with noData: fail, as in Flagger', () => {
    const { ticks, texts } = walk(exampleSpec({ analysis: { noData: 'fail' } }), [NONE, NONE, NONE, NONE]);
    expect(last(ticks)?.decision).toBe('rollBack');
    expect(last(ticks)?.reason).toBe(
      'request-success-rate: no canary requests in the metrics, 3 checks failed',
    );
    expect(texts.slice(0, 3)).toEqual(
      Array(3).fill(
        'Halt advancement no values found for appmesh metric request-success-rate probably podinfo.test is not receiving traffic: no values found',
      ),
    );
  });

  it('S21: no traffic decides nothing otherwise (I2), with the same words', () => {
    const { ticks, texts } = walk(exampleSpec(), Array(30).fill(NONE));
    expect(new Set(ticks.map(({ decision }) => decision))).toEqual(new Set(['hold']));
    expect(last(ticks)?.analysis.failedChecks).toBe(0);
    expect(texts).toHaveLength(30);
  });
});
