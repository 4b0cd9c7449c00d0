import { describe, expect, it } from 'vitest';
import { cloudWatch, MINUTE, START } from './fixture.ts';

const series = { namespace: 'Mesh', name: 'Requests', dimensions: { Node: 'canary' } };

/** A publisher that sends each minute's count at its end. */
const published = (world: ReturnType<typeof cloudWatch>, minutes: number) => {
  for (let minute = 0; minute < minutes; minute++) {
    world.clock.moveTo(START + (minute + 1) * MINUTE);
    world.store.record({ ...series, at: START + minute * MINUTE, value: minute + 1 });
  }
};

const visible = ({ store }: ReturnType<typeof cloudWatch>, minutes: number) =>
  [...store.read(series, { from: START, to: START + minutes * MINUTE, period: MINUTE }).keys()].map(
    (at) => (at - START) / MINUTE,
  );

describe('metrics on their way', () => {
  it('a delay hides a period until its end plus the delay', () => {
    const world = cloudWatch();
    world.store.setDelay(2 * MINUTE);
    published(world, 5);
    expect(visible(world, 5)).toEqual([0, 1, 2]);
    world.clock.moveTo(START + 6 * MINUTE);
    expect(visible(world, 5)).toEqual([0, 1, 2, 3]);
  });

  it('missing loses the minutes meanwhile for good', () => {
    const world = cloudWatch();
    published(world, 2);
    world.store.setState('missing');
    const later = [2, 3];
    for (const minute of later) world.store.record({ ...series, at: START + minute * MINUTE, value: 1 });
    world.clock.moveTo(START + 4 * MINUTE);
    world.store.setState('ok');
    world.store.record({ ...series, at: START + 4 * MINUTE, value: 1 });
    world.clock.moveTo(START + 60 * MINUTE);
    expect(visible(world, 6)).toEqual([0, 1, 4]);
  });

  it('late points come by that much later, each once', () => {
    const world = cloudWatch();
    world.store.setState('late', { by: 3 * MINUTE });
    published(world, 4);
    expect(visible(world, 4)).toEqual([0]);
    world.clock.moveTo(START + 7 * MINUTE);
    expect(visible(world, 4)).toEqual([0, 1, 2, 3]);
    expect(
      world.store.read(series, { from: START, to: START + 4 * MINUTE, period: 4 * MINUTE }).get(START)?.sum,
    ).toBe(10);
  });

  it('what is produced on demand is there before a read and before a change', () => {
    const world = cloudWatch();
    let writes = 0;
    world.store.beforeRead(() => {
      writes++;
    });
    visible(world, 1);
    world.store.setState('missing');
    world.store.setDelay(1);
    expect(writes).toBe(3);
  });

  it('many small points of a minute stay one period', () => {
    const world = cloudWatch();
    for (let index = 0; index < 100; index++)
      world.store.record({ ...series, at: START + index, value: index });
    for (let times = 0; times < 2; times++) {
      const whole = world.store.read(series, { from: START, to: START + MINUTE, period: MINUTE }).get(START);
      expect(whole).toMatchObject({ sampleCount: 100, sum: 4_950, minimum: 0, maximum: 99 });
    }
  });
});
