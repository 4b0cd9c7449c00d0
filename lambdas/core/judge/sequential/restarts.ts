/**
 * Where the test's mass goes: half to the test that starts at the first tick, the rest in equal parts to those that start
 * at each later one, so that a fault that comes late or grows is not hidden by the good ticks before it. A probability
 * over start times keeps the chance of a false alarm bounded, not only its rate (after e-detectors: Shin, Ramdas,
 * Rinaldo 2022, arXiv 2203.03532).
 */
import type { SequentialSettings } from './settings.ts';

type Mass = Pick<SequentialSettings, 'horizon' | 'startMass'>;

/** The mass of the test that starts at a tick (from 1); 0 past the horizon. */
export const startingMass = ({ horizon, startMass }: Mass, tick: number): number => {
  if (tick === 1) return startMass;
  return tick > horizon ? 0 : (1 - startMass) / (horizon - 1);
};

/** The mass of all tests that have started by the end of a tick. */
export const spentMass = (mass: Mass, tick: number): number => {
  if (tick < 1) return 0;
  const later = Math.min(tick, mass.horizon) - 1;
  return later > 0 ? mass.startMass + later * ((1 - mass.startMass) / (mass.horizon - 1)) : mass.startMass;
};

/**
 * The most that a tick may add, in nats. With mass m started and the evidence E <= 1 before the tick, the tick takes it to
 * at most m exp(cap) + 1 - m; this cap keeps that below 1/alpha. So no single tick can roll back a canary against which
 * nothing spoke before it, however many ticks went by, with data or without.
 */
export const tickCap = (settings: Mass & Pick<SequentialSettings, 'alpha' | 'cap'>, tick: number): number => {
  const spent = spentMass(settings, tick);
  const room = Math.log((1 / settings.alpha - 1 + spent) / spent) - 1e-9;
  return Math.max(0, Math.min(settings.cap, room));
};
