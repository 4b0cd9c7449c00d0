/** `npm run bench`: the figures that README gives, measured in one run. Ends with 1 when one misses its target. */
import { bundleFigures } from './bundles.ts';
import { reached, tableOf } from './figure.ts';
import { rehearsalFigures } from './rehearsals.ts';
import { synthFigure } from './synth.ts';

const figures = [...(await rehearsalFigures()), await synthFigure(), ...bundleFigures()];
process.stdout.write(`${tableOf(figures)}\n`);
process.exitCode = figures.every(reached) ? 0 : 1;
