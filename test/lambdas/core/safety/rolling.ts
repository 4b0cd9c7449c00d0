import { amendClaim, claimService } from '../../../../lambdas/core/claim/claim.ts';
import type { Claim } from '../../../../lambdas/core/record.ts';
import type { Side } from '../../../../lambdas/core/rollout.ts';
import type { RescuePorts } from '../../../../lambdas/core/safety/ports.ts';
import { startRequested } from '../../../../lambdas/core/safety/start.ts';
import { watchService } from '../../../../lambdas/core/safety/watch.ts';
import { FakeExecutions } from '../../../fakes/fake-executions.ts';
import { FakeRouter } from '../../../fakes/fake-router.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { input, rollout } from '../../../fakes/rollouts.ts';

export const SERVICE = 'podinfo@prod-eu';
export const NAME = 'podinfo-6.0.1-362e302e-prod-eu-1';
export const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** A rollout at 20 %, with its traffic on record. `watch` is the watchdog's look at a second, `end` the execution's end. */
export const rolling = async (safe: Side = 'primary') => {
  const store = new MemoryStore();
  const executions = new FakeExecutions();
  const router = new FakeRouter();
  const told: string[] = [];
  const retired: string[] = [];
  const cluster = { away: false };
  await startRequested(store, executions, input('6.0.1', at(0)), { retry: false, now: at(0) });
  const held = rollout(NAME, executions.started.get(NAME));
  await store.update(SERVICE, (record) => claimService(record, held, at(0)));
  await store.update(SERVICE, (record) =>
    amendClaim(record, { execution: held.execution.arn }, { phase: 'Progressing', intent: 20, safe }),
  );
  router.weights = { primary: 80, canary: 20 };
  const ports: RescuePorts = {
    store,
    executions,
    router,
    retireCanary: async ({ execution }: Claim) => {
      if (!cluster.away) retired.push(execution);
      return !cluster.away;
    },
    announce: async (announcement) => void told.push(announcement),
  };
  const watch = async (second: number) => watchService(ports, await store.read(SERVICE), at(second));
  const end = (status: string, error?: string) =>
    executions.statuses.set(executions.arnOf(NAME), { status, ...(error !== undefined && { error }) });
  /** The claim is reserved, and its execution has not come by. */
  const notStarted = () =>
    store.update(SERVICE, (record) => ({
      record: { ...record, ...(record.claim && { claim: { ...record.claim, started: false } }) },
      answer: undefined,
    }));
  return {
    ...{ store, executions, router, told, retired, cluster, ports, held },
    ...{ watch, end, notStarted, arn: executions.arnOf(NAME) },
  };
};
