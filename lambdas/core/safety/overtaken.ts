import type { TrafficRouter } from '../ports.ts';
import type { Claim } from '../record.ts';
import type { RolloutStore } from '../store.ts';

/**
 * Routers have no conditional write: while one was under way the rollout may have gone on or ended, or another begun. Then
 * what is wanted by now is written instead; a service that is free has all its traffic on the primary. Returns that in a
 * sentence, and undefined when nothing has changed.
 * @param wrote the claim that was written for; undefined where the service was free
 */
export const overtaken = async (
  store: RolloutStore,
  router: TrafficRouter,
  service: string,
  wrote: Pick<Claim, 'execution' | 'intent'> | undefined,
): Promise<string | undefined> => {
  const { claim: now } = await store.read(service);
  const intent = now?.intent ?? 0;
  if (now?.execution === wrote?.execution && intent === (wrote?.intent ?? 0)) return undefined;
  await router.shift({ primary: 100 - intent, canary: intent });
  return `went on meanwhile; its route has ${intent} % on the canary`;
};
