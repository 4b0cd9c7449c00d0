import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PairedCounts, SideCounts } from '../../../../../lambdas/core/judge/sequential/counts.ts';
import { defaultSettings } from '../../../../../lambdas/core/judge/sequential/settings.ts';
import { begin } from '../../../../../lambdas/core/judge/sequential/state.ts';
import { finding, step } from '../../../../../lambdas/core/judge/sequential/step.ts';

type Quadruple = [number, number, number, number];
interface Story {
  name: string;
  cfg: { T: number; slo: Record<string, { of: string; limit: number; w: number }> };
  history: Record<string, [number, number][]>;
  req_per_tick: number;
  ticks: {
    obs: Record<string, Quadruple>;
    slo: Record<string, Quadruple>;
    expect: {
      E: number;
      parts: Record<string, number>;
      rollback: boolean;
      hold: boolean;
      levels: boolean[];
      promotable: boolean;
    };
  }[];
}

/** Recorded from a reference implementation in another language; see NOTICE. */
const stories: Story[] = JSON.parse(
  readFileSync(new URL('../../../../fixtures/judge-vectors.json', import.meta.url), 'utf8'),
);

const side = ([requests, bad]: readonly [number, number]): SideCounts => ({ requests, bad });
const paired = ([nc, xc, np, xp]: Quadruple): PairedCounts => ({
  canary: side([nc, xc]),
  primary: side([np, xp]),
});
const map = <A, B>(record: Record<string, A>, by: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, by(value)]));

describe('the sequential judge against the recorded reference', () => {
  it.each(stories)('$name: evidence, levels and verdicts agree to 1e-9 at every tick', (story) => {
    const settings = {
      ...defaultSettings(story.cfg.T),
      limits: map(story.cfg.slo, ({ of, limit, w }) => ({ of, limit, weight: w })),
    };
    const history = map(story.history, (ticks) => ticks.map(side));
    let state = begin(settings, history, story.req_per_tick);
    expect(story.ticks.length).toBeGreaterThan(10);
    for (const tick of story.ticks) {
      state = step(settings, state, { metrics: map(tick.obs, paired), limits: map(tick.slo, paired) });
      const { E, parts, rollback, hold, levels, promotable } = tick.expect;
      const found = finding(settings, state);
      expect(found.levels).toEqual(levels);
      expect([found.rollBack, found.hold, found.promotable]).toEqual([rollback, hold, promotable]);
      expect(Math.abs(found.evidence / E - 1)).toBeLessThan(1e-9);
      for (const [name, value] of Object.entries(parts))
        expect(Math.abs((found.parts[name] ?? Number.NaN) / value - 1), name).toBeLessThan(1e-9);
      expect(Object.keys(found.parts)).toHaveLength(Object.keys(parts).length);
    }
  });
});
