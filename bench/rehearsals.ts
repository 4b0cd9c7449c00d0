import { fileURLToPath } from 'node:url';
import { loadScenario } from '../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../sandbox/rehearsal/run.ts';
import { numberFrom } from './child.ts';
import { type Figure, median, secondsOf } from './figure.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Ten steps, from 5 % to 50 %, promoted. */
const TEN_STEPS = pathOf('../test/scenarios/healthy.yaml');
const WARM_RUNS = 5;
const WARM_SECONDS = 3;
const COLD_SECONDS = 20;
const START_SECONDS = 1.5;

const once = (): Promise<number> =>
  secondsOf(async () => {
    const { result, sandbox } = await rehearse(loadScenario(TEN_STEPS));
    await sandbox.close();
    const ended = result.rollouts.map(({ outcome }) => outcome).join();
    if (ended !== 'promoted') throw new Error(`the rehearsal ended as ${ended}`);
  });

/** A rehearsed rollout of ten steps, once with nothing built yet, and the median of those after the first; the sandbox's start. */
export const rehearsalFigures = async (): Promise<Figure[]> => {
  const warm: number[] = [];
  await once();
  for (let run = 0; run < WARM_RUNS; run++) warm.push(await once());
  const cold = numberFrom([pathOf('cold-rehearsal.ts'), TEN_STEPS]) / 1000;
  const start = numberFrom([pathOf('sandbox-start.ts')]) / 1000;
  return [
    { what: 'rehearsal of ten steps', measured: median(warm), target: WARM_SECONDS, unit: 's' },
    { what: 'rehearsal of ten steps, nothing built', measured: cold, target: COLD_SECONDS, unit: 's' },
    { what: 'sandbox, start to first answer', measured: start, target: START_SECONDS, unit: 's' },
  ];
};
