import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Template } from './template.ts';

/** One stack of a cloud assembly, with the files that its template names. */
export interface AssemblyStack {
  readonly name: string;
  /** Undefined where the stack is environment-agnostic. */
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly template: Template;
  /** Values that the deployment would pass for the template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** File or directory of each asset, by its object key in the assets' bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly directoryName?: string;
    readonly parameters?: Readonly<Record<string, string>>;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

const readJson = <T>(path: string): T => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    throw new Error(`${path}: cannot be read as JSON: ${(error as Error).message}`);
  }
};

/** Places in a cloud assembly: `aws://ACCOUNT/REGION`, with `unknown-…` where the app leaves it open. */
const placeOf = (environment = '') => {
  const [account, region] = environment.replace(/^aws:\/\//, '').split('/');
  const known = (part: string | undefined) => (part?.startsWith('unknown-') ? undefined : part || undefined);
  return { account: known(account), region: known(region) };
};

const assetsOf = (directory: string, artifacts: readonly Artifact[]): Map<string, string> => {
  const assets = new Map<string, string>();
  for (const { type, properties } of artifacts) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    const { files = {} } = readJson<AssetManifest>(join(directory, properties.file));
    for (const { source, destinations } of Object.values(files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) {
        assets.set(objectKey, resolve(directory, source.path));
      }
    }
  }
  return assets;
};

/** Artifacts by id, each after those that it depends on. */
const inOrder = (artifacts: Readonly<Record<string, Artifact>>): Artifact[] => {
  const ordered = new Map<string, Artifact>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || ordered.has(id)) return;
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    ordered.set(id, artifact);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered.values()];
};

/**
 * Reads a cloud assembly (`cdk.out`): its stacks, those of stages included, each after the stacks that it depends on.
 * @throws Error with the file's path when the directory holds no assembly
 */
export const readAssembly = (directory: string): AssemblyStack[] => {
  const manifestPath = join(directory, 'manifest.json');
  if (!existsSync(manifestPath)) {
    throw new Error(`${directory}: no cloud assembly here (no manifest.json); run \`npm run synth\` first`);
  }
  const { artifacts = {} } = readJson<{ artifacts?: Readonly<Record<string, Artifact>> }>(manifestPath);
  const ordered = inOrder(artifacts);
  const assets = assetsOf(directory, ordered);
  return ordered.flatMap(({ type, environment, properties = {} }): AssemblyStack[] => {
    if (type === 'cdk:cloud-assembly') return readAssembly(join(directory, properties.directoryName ?? ''));
    if (type !== 'aws:cloudformation:stack' || properties.templateFile === undefined) return [];
    return [
      {
        name: properties.stackName ?? properties.templateFile.replace(/\.template\.json$/, ''),
        ...placeOf(environment),
        template: readJson<Template>(join(directory, properties.templateFile)),
        parameters: properties.parameters ?? {},
        assets,
      },
    ];
  });
};
