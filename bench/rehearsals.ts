import { fileURLToPath } from 'node:url';
import { type LoadedScenario, loadScenario } from '../sandbox/rehearsal/load-scenario.ts';
import type { RehearsalResult } from '../sandbox/rehearsal/result.ts';
import { rehearse } from '../sandbox/rehearsal/run.ts';
import { SideBySide } from '../sandbox/rehearsal/side-by-side/side-by-side.ts';
import { numberFrom } from './child.ts';
import { type Figure, median, secondsOf } from './figure.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Ten steps, from 5 % to 50 %, promoted, at 100 requests a second. */
const TEN_STEPS = pathOf('../test/scenarios/healthy.yaml');
const WARM_RUNS = 5;
const WARM_SECONDS = 3;
const COLD_SECONDS = 20;
const START_SECONDS = 1.5;
const MANY = 200;
const MANY_SECONDS = 120;
const HOUR = 3600;
const HOUR_SECONDS = 5;

const mustBePromoted = ({ rollouts }: RehearsalResult): void => {
  const ended = rollouts.map(({ outcome }) => outcome).join();
  if (ended !== 'promoted') throw new Error(`the rehearsal ended as ${ended}`);
};

const once = (loaded: LoadedScenario, check: (result: RehearsalResult) => void): Promise<number> =>
  secondsOf(async () => {
    const { result, sandbox } = await rehearse(loaded);
    await sandbox.close();
    check(result);
  });

const medianOf = async (run: () => Promise<number>): Promise<number> => {
  const seconds: number[] = [];
  await run();
  for (let count = 0; count < WARM_RUNS; count++) seconds.push(await run());
  return median(seconds);
};

/** More steps, up to 70 %, so that the rollout takes an hour. */
const oneHour = (): LoadedScenario => {
  const loaded = loadScenario(TEN_STEPS);
  return { ...loaded, spec: { ...loaded.spec, strategy: { canary: { stepWeight: 5, maxWeight: 70 } } } };
};

const tookAnHour = (result: RehearsalResult): void => {
  mustBePromoted(result);
  if (result.virtualSeconds < HOUR) throw new Error(`the rollout took ${result.virtualSeconds} s`);
};

/** As `stepcanary rehearse` runs many files: in a process for each core, the start of those included. */
const manySideBySide = (): Promise<number> =>
  secondsOf(async () => {
    const rehearsals = new SideBySide();
    const job = { loaded: loadScenario(TEN_STEPS), trace: false };
    const jobs = Array.from({ length: MANY }, () => job);
    try {
      await rehearsals.run(jobs, (told) => {
        if ('broken' in told) throw new Error(told.broken);
        mustBePromoted(told.result);
      });
    } finally {
      await rehearsals.end();
    }
  });

/**
 * A rehearsed rollout of ten steps, once with nothing built yet, and the median of those after the first; two hundred of
 * them; one of an hour; the sandbox's start.
 */
export const rehearsalFigures = async (): Promise<Figure[]> => {
  const warm = await medianOf(() => once(loadScenario(TEN_STEPS), mustBePromoted));
  const hour = await medianOf(() => once(oneHour(), tookAnHour));
  const many = await manySideBySide();
  const cold = numberFrom([pathOf('cold-rehearsal.ts'), TEN_STEPS]) / 1000;
  const start = numberFrom([pathOf('sandbox-start.ts')]) / 1000;
  return [
    { what: 'rehearsal of ten steps', measured: warm, target: WARM_SECONDS, unit: 's' },
    { what: 'rehearsal of one hour at 100 requests/s', measured: hour, target: HOUR_SECONDS, unit: 's' },
    {
      what: `${MANY} rehearsals of ten steps, side by side`,
      measured: many,
      target: MANY_SECONDS,
      unit: 's',
    },
    { what: 'rehearsal of ten steps, nothing built', measured: cold, target: COLD_SECONDS, unit: 's' },
    { what: 'sandbox, start to first answer', measured: start, target: START_SECONDS, unit: 's' },
  ];
};
