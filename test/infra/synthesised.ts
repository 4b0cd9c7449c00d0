import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { afterAll } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Bundles } from '../../infra/bundle.ts';
import { FUNCTIONS } from '../../infra/functions.ts';
import { ROLLOUTS_DIRECTORY, type SynthesisOptions, synthesise } from '../../infra/synthesise.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are JSON of any shape
  readonly Properties: Record<string, any>;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that ends with the test file. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'stepcanary-infra-'));
  folders.push(folder);
  return folder;
};

/** A tiny bundle for each function, each another one, so that swapped functions show. */
export const tinyBundles = (): Bundles => {
  const folder = temporaryFolder();
  for (const { name } of FUNCTIONS) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.cjs'), `exports.handler = () => '${name}';\n`);
  }
  return { folderOf: (name) => join(folder, name) };
};

export const podinfoYaml = (): Record<string, unknown> =>
  parse(readFileSync(join(ROLLOUTS_DIRECTORY, 'podinfo.yaml'), 'utf8'));

export const targetsYaml = (): Record<string, Record<string, unknown>> =>
  parse(readFileSync(join(ROLLOUTS_DIRECTORY, '_targets.yaml'), 'utf8'));

/** A folder of specs: file names without ending to their content; text is written as it is. */
export const rolloutsFolder = (files: Record<string, unknown>): string => {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ _targets: targetsYaml(), ...files })) {
    writeFileSync(
      join(folder, `${name}.yaml`),
      typeof content === 'string' ? content : stringify(content, { aliasDuplicateObjects: false }),
    );
  }
  return folder;
};

export const synthesiseQuickly = (options: SynthesisOptions = {}): CloudAssembly =>
  synthesise({ outDirectory: temporaryFolder(), bundles: tinyBundles(), quiet: true, ...options });

export const resourcesOf = (assembly: CloudAssembly, stack: string): Record<string, Resource> =>
  assembly.getStackByName(stack).template.Resources;

export const ofType = (resources: Record<string, Resource>, type: string): Resource[] =>
  Object.values(resources).filter((resource) => resource.Type === type);
