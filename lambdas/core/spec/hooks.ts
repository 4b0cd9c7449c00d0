import type { z } from 'zod';
import { formatDuration } from './duration.ts';
import type { hook } from './hooks-schema.ts';

/** Flagger's kinds of webhooks (facts: fluxcd/flagger 1.44, `HookType`): when each is called, `docs/spec.md` says. */
export const HOOK_TYPES = [
  'confirm-rollout',
  'pre-rollout',
  'rollout',
  'confirm-traffic-increase',
  'confirm-promotion',
  'post-rollout',
  'rollback',
  'event',
] as const;
export type HookType = (typeof HOOK_TYPES)[number];

/** Called by a state of their own, with minutes to answer; the others are called within a tick. */
const OWN_STATE: readonly HookType[] = ['confirm-rollout', 'pre-rollout', 'post-rollout'];
/** What the hooks of a tick may take together, and those of one own state: their functions end a little later. */
export const TICK_SECONDS = 90;
export const OWN_STATE_SECONDS = 780;

/** A value that stands in Secrets Manager: `secret:NAME`. */
export const SECRET = /^secret:([A-Za-z0-9/_+=.@:-]{1,512})$/;
/** One hook of a spec; its timeout in seconds. */
export type HookSpec = z.output<typeof hook>;

/** Waits between attempts: 1, 2, 4 … at most 30 seconds (facts: go-retryablehttp, as Flagger uses it). */
export const retryDelay = (attempt: number): number => Math.min(2 ** (attempt - 1), 30);

/** The longest that a hook can take, in seconds: every attempt times out, with the waits between. */
export const longestSeconds = ({ timeout, retries }: Pick<HookSpec, 'timeout' | 'retries'>): number => {
  let seconds = timeout;
  for (let attempt = 1; attempt <= retries; attempt += 1) seconds += retryDelay(attempt) + timeout;
  return seconds;
};

const tooLong = (
  all: readonly HookSpec[],
  types: readonly HookType[],
  limit: number,
  where: string,
): string[] => {
  const seconds = all
    .filter(({ type }) => types.includes(type))
    .reduce((sum, each) => sum + longestSeconds(each), 0);
  return seconds <= limit
    ? []
    : [
        `hooks: ${where} can take ${formatDuration(seconds)} together, at most ${formatDuration(limit)} are there; ` +
          `lower their timeout or retries`,
      ];
};

/** What the hooks of a spec say only together. */
export const hookProblems = (hooks: readonly HookSpec[]): string[] => {
  const problems: string[] = [];
  hooks.forEach(({ name }, index) => {
    const first = hooks.findIndex((other) => other.name === name);
    if (first !== index)
      problems.push(`hooks[${index}].name: must be its own, hooks[${first}] is called so too, got "${name}"`);
  });
  const inTicks = HOOK_TYPES.filter((type) => !OWN_STATE.includes(type));
  problems.push(...tooLong(hooks, inTicks, TICK_SECONDS, 'those of a tick'));
  for (const type of OWN_STATE)
    problems.push(...tooLong(hooks, [type], OWN_STATE_SECONDS, `those of type ${type}`));
  return problems;
};
