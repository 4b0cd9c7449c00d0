import { seededRandom, streamSeed } from '../../random.ts';
import type { Streams } from './cohort.ts';

/** The random streams of one service. */
export const streamsFor = (seed: number | string, service: string): Streams => {
  const stream = (name: string) => seededRandom(streamSeed(seed, 'traffic', service, name));
  return {
    arrivals: stream('arrivals'),
    routing: stream('routing'),
    errors: stream('errors'),
    latency: stream('latency'),
    sampling: stream('sampling'),
  };
};
