import { accessSync, constants, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportData } from '../../sandbox/rehearsal/report/data.ts';
import { type NotRehearsed, reportPage } from '../../sandbox/rehearsal/report/page.ts';
import type { Definition } from '../../sandbox/rehearsal/report/state-graph/layout.ts';
import type { Told } from '../../sandbox/rehearsal/side-by-side/job.ts';
import { BadInput, NotDone } from '../exit.ts';

const DEFINITION = fileURLToPath(new URL('../../statemachine/rollout.asl.json', import.meta.url));

const refuse = (file: string, why: string): never => {
  throw new BadInput([`--report: ${why}, got "${file}"`]);
};

/** Refuses a path that no file can be written to, before anything is run. */
export const checkWritable = (file: string): void => {
  const folder = dirname(file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    refuse(file, `there is no folder ${folder}; make it first`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    refuse(file, 'must name a file, not a folder');
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    refuse(file, `the folder ${folder} cannot be written to`);
  }
};

const shown = (told: Told): readonly (ReportData | NotRehearsed)[] =>
  'broken' in told ? [told] : told.report === undefined ? [] : [told.report];

/** Writes the page of a run, whole or not at all: beside its place first, and then moved there. */
export const writeReport = (file: string, told: readonly Told[]): void => {
  const definition = JSON.parse(readFileSync(DEFINITION, 'utf8')) as Definition;
  const page = reportPage(told.flatMap(shown), definition);
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    writeFileSync(beside, page);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new NotDone(`--report: ${file} could not be written: ${(error as Error).message}`);
  }
};
