import type { Place } from '../aws/services/place.ts';
import { readAssembly } from '../cloudformation/assembly.ts';
import { type DeployedStack, deployStacks } from '../cloudformation/deploy.ts';
import { dynamicReferences } from './dynamic-references.ts';
import type { Parts } from './parts.ts';

/** Deploys assemblies into a sandbox, and keeps its functions' processes ready. */
export class Deployment {
  readonly #parts: Parts;
  readonly #home: Place;
  readonly #exports = new Map<string, unknown>();
  #warming: Promise<void> = Promise.resolve();

  constructor(parts: Parts, home: Place) {
    this.#parts = parts;
    this.#home = home;
  }

  /** @throws Error naming stack, resource and type of what could not be deployed */
  async deploy(assemblyDirectory: string): Promise<DeployedStack[]> {
    const { providers, calls, host } = this.#parts;
    const deployed = await deployStacks(readAssembly(assemblyDirectory), {
      ...this.#home,
      providers,
      call: calls.asOwner,
      dynamicReference: dynamicReferences(calls.asOwner),
      exports: this.#exports,
    });
    this.#warming = host.prewarm(host.functions.newest());
    return deployed;
  }

  /** Resolves when every function that was deployed has a process waiting. */
  warm(): Promise<void> {
    return this.#warming;
  }
}
