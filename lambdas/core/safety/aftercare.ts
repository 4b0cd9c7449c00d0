import { ErrorName, isCanaryError } from '../errors.ts';
import type { TrafficRouter } from '../ports.ts';
import type { Freed, ServiceRecord } from '../record.ts';
import { overtaken } from './overtaken.ts';
import { LATE_WRITE_MS, type RescuePorts } from './ports.ts';
import { allOn } from './restore.ts';

/** How long the canary's pods are tried to be taken away before people are told that they are still there. */
export const RETIRE_FOR_MS = 10 * 60_000;

/**
 * Whether nothing is on the canary, and no requests have a route of their own. So it is where the route is no more as the
 * spec says: no write of ours makes it so.
 */
const isFree = async (router: TrafficRouter): Promise<boolean> => {
  try {
    const { weights, rest } = await router.read();
    return weights.canary === 0 && rest === undefined;
  } catch (error) {
    if (isCanaryError(error, ErrorName.RouteChanged)) return true;
    throw error;
  }
};

/** The route of a free service: nothing on the canary. Says what was found and mended. */
const lookAtRoute = async ({ store, router }: RescuePorts, service: string): Promise<string | undefined> => {
  if (await isFree(router)) return undefined;
  const { claim } = await store.read(service);
  if (claim !== undefined) return undefined;
  await router.shift(allOn('primary'));
  return (
    (await overtaken(store, router, service, undefined)) ??
    'a late write was taken back: all traffic is on the primary'
  );
};

/** The canary's pods, once more: a deploy that was under way may have brought them back. Whether it is done with. */
const lookAtCanary = async (ports: RescuePorts, { at, claim }: Freed, now: string): Promise<boolean> => {
  if (await ports.retireCanary(claim)) return true;
  if (Date.parse(now) - Date.parse(at) < RETIRE_FOR_MS) return false;
  const { canary, namespace } = claim.input.spec.workload;
  const reason = `The canary's pods could not be taken away since ${at}: the cluster refuses, or does not answer. ${canary} in ${namespace} gets no traffic.`;
  await ports.announce('retireFailed', claim, { error: '', reason });
  return true;
};

/**
 * Looks once more at a free service when every write of its last rollout has landed: the functions that write end after
 * 30 s, whether or not anybody still waits for their answer. Returns what was found, in a few words.
 */
export const lookAgain = async (ports: RescuePorts, record: ServiceRecord, now: string): Promise<string> => {
  const { freed, service } = record;
  if (freed === undefined || freed.left.length === 0) return 'free';
  if (Date.parse(now) - Date.parse(freed.at) < LATE_WRITE_MS) return 'free; looked at again soon';
  const found = freed.left.includes('route') ? await lookAtRoute(ports, service) : undefined;
  const retired = !freed.left.includes('canary') || (await lookAtCanary(ports, freed, now));
  const left = retired ? [] : (['canary'] as const);
  await ports.store.update(service, (current) => ({
    // Another rollout may have come and gone meanwhile: what is left of that one is another matter.
    record:
      current.freed?.at === freed.at && current.freed.claim.execution === freed.claim.execution
        ? { ...current, freed: { ...freed, left } }
        : current,
    answer: undefined,
  }));
  const pods = retired ? '' : '; its canary still has pods';
  return `free${found === undefined ? '' : `; ${found}`}${pods}`;
};
