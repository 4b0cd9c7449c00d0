import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFunctions } from '../infra/bundle.ts';
import { FUNCTIONS } from '../infra/functions.ts';
import { numberFrom } from './child.ts';
import { type Figure, median } from './figure.ts';

/** Fresh processes per bundle, of which the median counts. */
const PROCESSES = 9;
const SIZE_KB = 600;
const IMPORT_MS = 120;

const importMs = (file: string): number => {
  const url = JSON.stringify(pathToFileURL(file).href);
  const program = `const start = performance.now(); await import(${url}); console.log(performance.now() - start); process.exit(0);`;
  return numberFrom(['--input-type=module', '--eval', program], {
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    POWERTOOLS_SERVICE_NAME: 'bench',
  });
};

/** Size and import time of each Lambda bundle, the largest and the slowest first. V8's compile cache is off. */
export const bundleFigures = (): Figure[] => {
  const bundles = bundleFunctions();
  const files = FUNCTIONS.map(({ name }) => ({ name, file: join(bundles.folderOf(name), 'index.cjs') }));
  const byMeasured = (a: Figure, b: Figure) => b.measured - a.measured;
  const sizes = files.map(({ name, file }): Figure => {
    return { what: `bundle of ${name}`, measured: statSync(file).size / 1024, target: SIZE_KB, unit: 'KB' };
  });
  const imports = files.map(({ name, file }): Figure => {
    const times = Array.from({ length: PROCESSES }, () => importMs(file));
    return { what: `import of ${name}`, measured: median(times), target: IMPORT_MS, unit: 'ms' };
  });
  return [...sizes.sort(byMeasured), ...imports.sort(byMeasured)];
};
