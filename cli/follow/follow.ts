import type { RolloutSummary, ServiceRecord } from '../../lambdas/core/record.ts';
import type { RolloutStore } from '../../lambdas/core/store.ts';

/** How a rollout is followed. */
export interface FollowOptions {
  /** Only a rollout of this tag counts; one that has ended already does too. @default whatever is under way, else the last */
  readonly tag?: string | undefined;
  /** Epoch milliseconds after which it is no more waited for. */
  readonly until: number;
  readonly now: () => number;
  readonly sleep: () => Promise<unknown>;
  /** Told each verdict once, as one line. */
  readonly say: (line: string) => void;
}

/** How it ended, `none` where there is nothing to wait for, `late` where it still runs. */
export type Followed =
  | { readonly kind: 'ended'; readonly summary: RolloutSummary }
  | { readonly kind: 'none' | 'late' };

/** How many of the newest rollouts are looked through for a tag. */
const LOOK_BACK = 50;

const isAwaited = ({ claim, pending }: ServiceRecord, tag: string | undefined): boolean =>
  [claim?.input, pending].some(
    (input) => input !== undefined && (tag === undefined || input.release.tag === tag),
  );

/** Says what the judge says of a rollout, until it has ended. Reads the engine's table only. */
export const follow = async (
  store: Pick<RolloutStore, 'read' | 'verdicts' | 'history'>,
  service: string,
  { tag, until, now, sleep, say }: FollowOptions,
): Promise<Followed> => {
  const told = new Map<string, number>();
  const tell = async (execution: string) => {
    const verdicts = await store.verdicts(service, execution);
    for (const verdict of verdicts.slice(told.get(execution) ?? 0)) say(`${verdict.now}  ${verdict.say}`);
    told.set(execution, verdicts.length);
  };
  for (;;) {
    const record = await store.read(service);
    const { claim } = record;
    if (claim !== undefined && (tag === undefined || claim.input.release.tag === tag))
      await tell(claim.execution);
    if (!isAwaited(record, tag)) {
      const summary = (await store.history(service, LOOK_BACK)).find(
        ({ release }) => tag === undefined || release.tag === tag,
      );
      if (summary !== undefined) {
        if (told.has(summary.execution)) await tell(summary.execution);
        return { kind: 'ended', summary };
      }
      // Of a tag that was pushed just now nothing may be known yet.
      if (tag === undefined) return { kind: 'none' };
    }
    if (now() >= until) return { kind: 'late' };
    await sleep();
  }
};
