import { cachedAssembly } from '../../infra/cached-assembly.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { bootstrapService } from '../../sandbox/bootstrap/service.ts';
import { RealClock } from '../../sandbox/clock.ts';
import { type Sandbox, type SandboxObserver, startSandbox } from '../../sandbox/sandbox.ts';
import { untilAvailable } from './until-available.ts';

/** What a sandbox without traffic of its own is started with. */
export interface StartOptions {
  /** All of one account and region, at least one. */
  readonly services: readonly DeployableService[];
  /** The wanted port of the AWS APIs. */
  readonly port: number;
  /** The image tag that every service runs at first. */
  readonly running: string;
  readonly observer: SandboxObserver;
}

/** A sandbox that runs, and what ends it. */
export interface StartedSandbox {
  readonly sandbox: Sandbox;
  /** Whether the wanted port was taken, so that another one is used. */
  readonly portTaken: boolean;
  /** Ends everything: processes, ports, folders, and what was still to come. */
  close(): Promise<void>;
}

/** Pods of each primary: two, so that a rolling one is seen as such. */
const REPLICAS = 2;

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';

/**
 * Starts a local AWS on the machine's own clock, in which the services run as their teams would have them before the
 * first rollout, each deployed as CDK synthesised it. Nothing is left running when it rejects.
 */
export const startServices = async ({
  services,
  port,
  running,
  observer,
}: StartOptions): Promise<StartedSandbox> => {
  const assembly = await cachedAssembly(services.map(({ spec, target }) => ({ spec, target })));
  const [{ region, account } = { region: '', account: '' }] = services.map(({ target }) => target);
  const clusters = [...new Set(services.map(({ target }) => target.cluster))];
  const clock = new RealClock();
  const start = (wanted: number) =>
    startSandbox({ clock, virtual: false, region, account, port: wanted, clusters, observer });
  let portTaken = false;
  const sandbox = await start(port).catch((error: unknown) => {
    if (!isTaken(error)) throw error;
    portTaken = true;
    return start(0);
  });
  const close = async (): Promise<void> => {
    await sandbox.close();
    clock.stop();
  };
  try {
    for (const { spec, target } of services)
      await bootstrapService(sandbox, { spec, target, running, replicas: REPLICAS });
    await sandbox.deploy(assembly);
    for (const service of services) await untilAvailable(sandbox, service);
    return { sandbox, portTaken, close };
  } catch (error) {
    await close();
    throw error;
  }
};
