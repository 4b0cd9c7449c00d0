/** The rollouts that are simulated: healthy ones in several kinds of weather, and releases with faults. */
import type { Scenario } from './traffic.ts';

export const HEALTHY: readonly Scenario[] = [
  { name: 'clean', healthy: true },
  {
    name: 'shared incident',
    healthy: true,
    both: (usual, tick) =>
      tick >= 4 && tick < 8 ? { errors: usual.errors + 0.05, scale: 2, delayed: 0 } : usual,
  },
  { name: 'CV .5', healthy: true, variation: 0.5 },
  { name: 'bursts of 5', healthy: true, burst: 5 },
  {
    name: '1-min canary blip 5 %',
    healthy: true,
    canary: (usual, tick) => (tick === 6 ? { ...usual, errors: usual.errors + 0.05 } : usual),
  },
  { name: 'noise that stays, CV .3', healthy: true, staying: 0.3 },
  { name: 'lat jitter 10 %', healthy: true, jitter: 0.1 },
  {
    name: 'lat x1.05',
    healthy: true,
    canary: (usual) => ({ ...usual, scale: usual.scale * 1.05 }),
  },
];

const errors = (points: number): Scenario => ({
  name: `err+${points}%`,
  healthy: false,
  canary: (usual) => ({ ...usual, errors: usual.errors + points / 100 }),
});
const latency = (scale: number): Scenario => ({
  name: `lat x${scale}`,
  healthy: false,
  canary: (usual) => ({ ...usual, scale: usual.scale * scale }),
});

export const FAULTS: readonly Scenario[] = [
  errors(0.5),
  errors(1),
  errors(5),
  errors(50),
  {
    name: 'drift err +0.1pp/tick',
    healthy: false,
    canary: (usual, tick) => ({ ...usual, errors: usual.errors + 0.001 * tick }),
  },
  {
    name: 'late err+5% at w>=25%',
    healthy: false,
    canary: (usual, _, weight) => (weight >= 0.25 ? { ...usual, errors: usual.errors + 0.05 } : usual),
  },
  { ...errors(1), name: 'err+1% bursts of 5', burst: 5 },
  latency(1.3),
  latency(2),
  {
    name: 'lat +500ms@2%',
    healthy: false,
    canary: (usual) => ({ ...usual, delayed: 0.02 }),
  },
  {
    name: 'lat drift 3%/tick',
    healthy: false,
    canary: (usual, tick) => ({ ...usual, scale: 1.03 ** tick }),
  },
];
