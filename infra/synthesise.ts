import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { type Bundles, bundleFunctions } from './bundle.ts';
import { readDefinition } from './engine/definition.ts';
import { EngineStack } from './engine-stack.ts';
import { kubernetesFile } from './kubernetes.ts';
import { engineStackName, serviceAtTarget, serviceStackName } from './names.ts';
import { type DeployableService, type Rollouts, readRollouts } from './rollouts.ts';
import { checkSize } from './service/spec-parameter.ts';
import { ServiceStack } from './service-stack.ts';
import { type DeploymentTarget, type Network, TARGETS_FILE, WrongRollouts } from './targets.ts';

/** The example specs of the repository. */
export const ROLLOUTS_DIRECTORY = fileURLToPath(new URL('../rollouts', import.meta.url));

/** The folder, beside the templates, of what is to be applied to the clusters. */
export const KUBERNETES_FOLDER = 'kubernetes';

/** Where the runbook is read when nobody says otherwise: from the repository's root. */
const RUNBOOK = 'docs/runbook.md';

/** Behaviour of the CDK that templates depend on, here so that they are the same without the CDK's command line. */
const FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // Names an asset's folder in the template, where the sandbox finds a function's code.
  'aws:cdk:enable-asset-metadata': true,
} as const;

/** How to synthesise. */
export interface SynthesisOptions {
  /** The folder with `_targets.yaml` and the specs. @default - `rollouts/` of this repository */
  readonly rolloutsDirectory?: string;
  /** Where templates and assets are written. @default - CDK_OUTDIR, or a temporary folder */
  readonly outDirectory?: string;
  /**
   * Leaves out the check of the templates against CloudFormation's own rules: it takes two seconds, and speaks on stderr.
   * @default false
   */
  readonly quiet?: boolean;
  /** Gets the problems of wrong specs; the others are synthesised. @default - any problem throws WrongRollouts */
  readonly onProblems?: (problems: readonly string[]) => void;
  /** Adds checks to the app before it is synthesised. @default - none */
  readonly checks?: (app: App) => void;
  /** The functions' bundles. @default - built from `lambdas/`, or taken from the cache */
  readonly bundles?: Bundles;
  /** The text of the state machine's definition. @default - `statemachine/rollout.asl.json` */
  readonly definition?: string;
  /** Where the runbook is read, without a heading. @default - `docs/runbook.md` */
  readonly runbook?: string;
  /** Whether the table can be deleted with its stack. @default false */
  readonly disposable?: boolean;
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly network: Network | undefined;
}

/** Stacks in different accounts may have the same name; the CDK tells them apart by their ids. */
const engineId = ({ account, region }: Place, places: readonly Place[]): string => {
  const name = engineStackName(region);
  return places.filter((place) => place.region === region).length === 1 ? name : `${name}-${account}`;
};

/** One engine an account and region; its functions can sit in one VPC only. */
const placesOf = (targets: Iterable<DeploymentTarget>): readonly Place[] => {
  const places = new Map<string, Place & { readonly first: string }>();
  for (const { name, account, region, vpc } of targets) {
    const key = `${account}/${region}`;
    const known = places.get(key);
    if (
      known?.network !== undefined &&
      vpc !== undefined &&
      JSON.stringify(known.network) !== JSON.stringify(vpc)
    )
      throw new WrongRollouts([
        `${TARGETS_FILE}: ${name}.vpc: must be that of ${known.first}, as both share the engine of ${key}, got ${JSON.stringify(vpc)}`,
      ]);
    places.set(key, { account, region, network: known?.network ?? vpc, first: known?.first ?? name });
  }
  return [...places.values()];
};

/** Leaves out what cannot be deployed, and reports it or throws it. */
const deployable = (rollouts: Rollouts, report: SynthesisOptions['onProblems']): DeployableService[] => {
  const problems = [...rollouts.problems];
  const services = rollouts.services.filter((service) => {
    try {
      checkSize(service);
      return true;
    } catch (error) {
      if (!(error instanceof WrongRollouts)) throw error;
      problems.push(...error.problems);
      return false;
    }
  });
  if (problems.length === 0) return services;
  if (report === undefined) throw new WrongRollouts(problems);
  report(problems);
  return services;
};

const addEngine = (
  app: App,
  id: string,
  place: Place,
  services: DeployableService[],
  options: SynthesisOptions,
): void => {
  const { account, region, network } = place;
  const here = services.filter(({ target }) => target.account === account && target.region === region);
  const engine = new EngineStack(app, id, {
    stackName: engineStackName(region),
    env: { account, region },
    bundles: options.bundles ?? bundleFunctions(),
    definition: options.definition ?? readDefinition(),
    services: here.map(({ spec }) => serviceAtTarget(spec)),
    runbook: options.runbook ?? RUNBOOK,
    network,
    disposable: options.disposable ?? false,
    analyticsReporting: false,
  });
  for (const service of here) {
    const name = serviceStackName(service.spec);
    const stack = new ServiceStack(app, name, {
      env: { account, region },
      service,
      analyticsReporting: false,
    });
    stack.addStackDependency(engine, 'the rule calls a function of the engine by its name');
  }
};

const writeKubernetesFiles = (directory: string, services: readonly DeployableService[]): void => {
  const folder = join(directory, KUBERNETES_FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const service of services) {
    writeFileSync(join(folder, `${serviceAtTarget(service.spec)}.yaml`), kubernetesFile(service));
  }
};

/**
 * Synthesises every stack, in this process: an engine for each account and region among the targets, a stack for each
 * service, and beside them a file for each service's cluster. A wrong spec leaves the others alone (`onProblems`).
 * Throws WrongRollouts with all problems, one a line.
 */
export const synthesise = (options: SynthesisOptions = {}): CloudAssembly => {
  const rollouts = readRollouts(options.rolloutsDirectory ?? ROLLOUTS_DIRECTORY);
  const places = placesOf(rollouts.targets.values());
  const services = deployable(rollouts, options.onProblems);
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: !(options.quiet ?? false),
    context: FLAGS,
    ...(options.outDirectory !== undefined && { outdir: options.outDirectory }),
  });
  const bundles = options.bundles ?? bundleFunctions();
  for (const place of places)
    addEngine(app, engineId(place, places), place, services, { ...options, bundles });
  options.checks?.(app);
  const assembly = app.synth();
  writeKubernetesFiles(assembly.directory, services);
  return assembly;
};
