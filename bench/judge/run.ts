/** `npm run bench:judge`: the judge and its peers on the same simulated rollouts. `--short` checks the headline figures. */
import { parseArgs } from 'node:util';
import { calibrate } from './calibrate.ts';
import { headlines } from './headlines.ts';
import { improvements, simulateVariant, TEN_SECONDS } from './improvements.ts';
import { limitsAlone } from './limits.ts';
import { faultTables, healthyTables, savings } from './tables.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rollouts: { type: 'string', default: '200' },
    calibrate: { type: 'string' },
    tick: { type: 'string', default: '60' },
    improvements: { type: 'boolean', default: false },
    limits: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => console.log(line);

const whole = (flag: string, value: string): number => {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${flag}: must be a whole number above 0, got ${value}`);
  process.exit(2);
};

const short = (): void => {
  let worse = 0;
  for (const { say, value, bound } of headlines()) {
    const fine = value <= bound;
    if (!fine) worse += 1;
    print(`${fine ? 'ok  ' : 'WORSE'} ${say}: ${value.toFixed(2)} (at most ${bound})`);
  }
  if (worse > 0) process.exitCode = 1;
};

const long = (): void => {
  const rollouts = whole('rollouts', values.rollouts);
  const bases = [0.0001, 0.001, 0.01];
  for (const lag of [0, 2]) {
    const size = { rollouts, rps: [1, 5, 20, 100, 1000], bases, lag };
    print(`\n## Metrics ${lag === 0 ? 'at once' : `${lag} minutes late`}, ${rollouts} rollouts a cell\n`);
    healthyTables(size, print);
    print('\n### S3 faults at a base of 0.1 %');
    faultTables(size, print);
    print(
      '\n### S5 failed requests, theirs by ours (guarded): geometric means over 5 to 1000 rps, base 0.01 and 0.1 %\n',
    );
    savings(size, print);
  }
};

if (values.calibrate !== undefined) {
  const fine = whole('tick', values.tick) !== 60;
  const variant = { ...TEN_SECONDS, tick: whole('tick', values.tick) };
  const { rollouts, wrong, bound } = calibrate(
    whole('calibrate', values.calibrate),
    fine ? (cell, rollout) => simulateVariant(variant, cell, rollout) : undefined,
  );
  print(
    `${wrong} of ${rollouts} healthy rollouts rolled back; at most ${(bound * 100).toFixed(3)} % (99 % confidence)`,
  );
  if (bound > 0.01) process.exitCode = 1;
} else if (values.short) short();
else if (values.limits) limitsAlone(whole('rollouts', values.rollouts), print);
else if (values.improvements) improvements(whole('rollouts', values.rollouts), print);
else long();
