import { beforeAll, describe, expect, it } from 'vitest';
import type { Period } from '../../../../lambdas/core/evidence.ts';
import { verdictRecord } from '../../../../lambdas/core/judge/again.ts';
import { judge } from '../../../../lambdas/core/judge/judge.ts';
import { settingsOf } from '../../../../lambdas/core/judge/sequential/from-spec.ts';
import { NO_PAST, pastOf } from '../../../../lambdas/core/judge/sequential/past.ts';
import { changedSpec } from '../../../../lambdas/core/replay/changed-spec.ts';
import { type RolloutRecord, replayOtherwise, replaySame } from '../../../../lambdas/core/replay/replay.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import type { AnalysisState, VerdictRecord } from '../../../../lambdas/core/tasks.ts';
import { input } from '../../../fakes/rollouts.ts';
import { exampleSpec } from '../example-spec.ts';
import { minute } from '../judge/walk.ts';

const latency = { l99: { primary: 202, canary: 222 } };
const history = {
  err: Array.from({ length: 180 }, () => ({ requests: 6000, bad: 6 })),
  l99: Array.from({ length: 180 }, () => ({ requests: 6000, bad: 60 })),
};
const side = (requests: number, failures: number) => ({
  requests,
  failures,
  timed: requests,
  slower: { 202: requests / 100, 222: requests / 100, 500: 0 },
});
const periodOf = (n: number, failures: number): Period => ({
  start: minute(n),
  end: minute(n + 1),
  canary: side(600, failures),
  primary: side(5400, 5),
});

/** A rollout held at 10 %, whose canary failed so many of 600 requests in each minute, as its record. */
const recordOf = (spec: RolloutSpec, failures: readonly number[], known = true): RolloutRecord => {
  const limits = { latency };
  const past = known ? pastOf(settingsOf(spec, { ...NO_PAST, ...limits }), history, limits) : undefined;
  const verdicts: VerdictRecord[] = [];
  let analysis: AnalysisState | undefined;
  for (const [index, bad] of failures.entries()) {
    const tick = {
      spec,
      past,
      analysis,
      weight: 10,
      periods: [periodOf(index, bad)],
      shiftedAt: minute(0),
      now: minute(index + 1),
      answers: { pausedBy: 'ann' },
      approval: 'question',
    };
    const result = judge(tick);
    verdicts.push(verdictRecord(tick, result));
    analysis = result.analysis;
  }
  const { service, release } = input();
  const basis = {
    service,
    execution: 'arn:aws:states:eu-west-1:111122223333:execution:m:one',
    at: minute(0),
    release,
    spec,
  };
  return JSON.parse(
    JSON.stringify({ schema: 1, basis: { ...basis, ...(past && { past, history }) }, verdicts }),
  ) as RolloutRecord;
};

const sequential = exampleSpec({ analysis: { judge: 'sequential', threshold: undefined } });
const changed = (spec: RolloutSpec, change: Parameters<typeof changedSpec>[1]): RolloutSpec => {
  const parsed = changedSpec(spec, change);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.value;
};

describe('a rollout judged again', () => {
  let record: RolloutRecord;
  beforeAll(() => {
    record = recordOf(sequential, [1, 0, 5, 3, 2, 1]);
  });

  it('comes out the same, verdict by verdict, from what JSON kept of it', () => {
    const judged = replaySame(record);
    expect(judged).toHaveLength(6);
    expect(judged.filter(({ same }) => !same)).toEqual([]);
  });

  it('tells a verdict that comes out otherwise from one that does not', () => {
    const [first, second, ...rest] = record.verdicts;
    if (first === undefined || second === undefined) throw new Error('no verdicts');
    const period = second.periods[0] as Period;
    const forged = { ...second, periods: [{ ...period, canary: side(600, 300) }] };
    const judged = replaySame({ ...record, verdicts: [first, forged, ...rest] });
    expect(judged.map(({ same }) => same)).toEqual([true, false, true, true, true, true]);
    expect(judged[1]?.again.decision).toBe('rollBack');
  });

  it('by the threshold judge ends where that would have ended, people’s words left out', () => {
    const of = recordOf(sequential, [1, 30, 30, 1, 1]);
    const { verdicts, end } = replayOtherwise(
      of,
      changed(sequential, { judge: 'threshold', set: ['threshold=2'] }),
    );
    expect(verdicts[0]?.decision).toBe('advance');
    expect(end).toMatchObject({ decision: 'rollBack', tick: 4, at: 10 });
    expect(end?.reason).toMatch(/^request-success-rate: .* 2 checks failed$/);
  });

  it('by a stricter alpha needs more evidence, and by a laxer less', () => {
    const of = recordOf(sequential, [5, 5, 5, 5, 5, 5]);
    const endAt = (alpha: string) =>
      replayOtherwise(of, changed(sequential, { set: [`alpha=${alpha}`] })).end?.tick ??
      Number.POSITIVE_INFINITY;
    expect(endAt('0.1')).toBeLessThan(endAt('0.01'));
    expect(endAt('0.01')).toBeLessThan(endAt('0.0001'));
  });

  it('of a rollout that threshold judged is compared without a past, as far as it was counted', () => {
    const threshold = exampleSpec({ analysis: { threshold: 5 } });
    const of = recordOf(threshold, [40, 40, 40], false);
    const { end } = replayOtherwise(of, changed(threshold, { judge: 'sequential' }));
    expect(end).toMatchObject({ decision: 'rollBack' });
    expect(end?.say).toContain('of canary requests failed');
  });
});

describe('other settings', () => {
  it('name the sequential judge’s by themselves, all others by their path', () => {
    const spec = changed(sequential, {
      set: ['alpha=0.05', 'mode=fast', 'metrics.0.min=99.5', 'catastrophe.share=40'],
    });
    expect(spec.analysis).toMatchObject({
      mode: 'fast',
      sequential: { alpha: 0.05, catastrophe: { share: 40 } },
      metrics: [{ min: 99.5 }, {}],
    });
  });

  it('give the threshold judge Flagger’s usual threshold where the spec has none', () => {
    expect(changed(sequential, { judge: 'threshold' }).analysis).toMatchObject({
      judge: 'threshold',
      threshold: 5,
    });
    const advised = exampleSpec({ analysis: { judge: 'sequential', advisory: 'threshold', threshold: 3 } });
    expect(changed(advised, { judge: 'threshold' }).analysis).not.toHaveProperty('advisory');
  });

  it.each([
    ['alpha', '--set: must be key=value, such as alpha=0.05, got "alpha"'],
    ['alpha=2', 'analysis.sequential.alpha: must be 0.0001 to 0.2, got 2'],
    ['metrics.0.min=high', 'analysis.metrics[0].min: must be a number, got "high"'],
    ['thresholds=3', 'analysis.thresholds: unknown key, got 3; did you mean threshold?'],
  ])('%s is one line with the fix', (setting, problem) => {
    expect(changedSpec(sequential, { set: [setting] })).toEqual({ ok: false, problems: [problem] });
  });
});
