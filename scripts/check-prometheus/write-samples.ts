/** Writes the known samples in OpenMetrics' text format, for `promtool tsdb create-blocks-from openmetrics`. */
import { writeFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { SERIES } from './samples.ts';

const [, , file] = argv;
if (file === undefined) {
  process.stderr.write('usage: write-samples.ts FILE\n');
  exit(2);
}

const labelled = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');

const lines = SERIES.flatMap(({ name, labels, samples }) =>
  samples.map(({ at, value }) => `${name}{${labelled(labels)}} ${value} ${at / 1000}`),
);
writeFileSync(file, `${lines.join('\n')}\n# EOF\n`);
