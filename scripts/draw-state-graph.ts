/** Draws the state machine into docs/media: `npm run graph`; with `--check`, ends with 1 when the picture is not the machine's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawStateGraph } from '../sandbox/rehearsal/report/state-graph/draw.ts';

const root = join(import.meta.dirname, '..');
const picture = join(root, 'docs/media/rollout.svg');
const drawn = drawStateGraph(JSON.parse(readFileSync(join(root, 'statemachine/rollout.asl.json'), 'utf8')));

if (!process.argv.includes('--check')) {
  writeFileSync(picture, drawn);
} else if (readFileSync(picture, 'utf8') !== drawn) {
  process.stderr.write(
    'docs/media/rollout.svg is not the picture of statemachine/rollout.asl.json: run npm run graph\n',
  );
  process.exitCode = 1;
}
