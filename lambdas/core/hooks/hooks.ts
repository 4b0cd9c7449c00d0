import type { Phase, Rollout } from '../rollout.ts';
import type { HookSpec, HookType } from '../spec/hooks.ts';

/** What a hook is sent, as JSON: the body of Flagger's webhooks (facts: pkg/controller/webhook.go, `CanaryWebhookPayload`). */
export interface HookPayload {
  /** The service. */
  readonly name: string;
  /** The namespace of its workload. */
  readonly namespace: string;
  readonly phase: Phase;
  /** What is released: the same as long as the release is. */
  readonly checksum: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One call. Its key is the same when it is made again because the answer was lost. */
export interface HookCall {
  readonly payload: HookPayload;
  readonly idempotencyKey: string;
}

export interface HookAnswer {
  /** Whether it said yes: 200, 201 or 202. */
  readonly passed: boolean;
  /** What came back, for people, on one line: `answered 500: no such test`, `did not answer within 10s`. */
  readonly found: string;
}

/** Calls what a spec names. Never throws: what cannot be called has said no. */
export interface Hooks {
  call(hook: HookSpec, call: HookCall): Promise<HookAnswer>;
}

/** One hook's answer, as it stands in the record. */
export interface HookRecord extends HookAnswer {
  readonly name: string;
  readonly type: HookType;
}

/** When and for what a round of hooks is called. */
export interface HookRound {
  /** ISO 8601: when the calling state was entered; a retry of it is the same round. */
  readonly now: string;
  readonly phase: Phase;
}

export const payloadOf = (
  { spec, release }: Rollout,
  phase: Phase,
  metadata: HookPayload['metadata'],
): HookPayload => ({
  name: spec.service,
  namespace: spec.workload.namespace,
  phase,
  checksum: release.revision,
  metadata,
});

const keyOf = ({ execution }: Rollout, name: string, now: string): string =>
  `${execution.name}/${name}/${now}`;

/**
 * Calls the hooks of one type in the order of the spec, until one of them ends the round: the first no, or for
 * `rollback` the first yes.
 */
export const callHooks = async (
  hooks: Hooks,
  rollout: Rollout,
  type: HookType,
  { now, phase }: HookRound,
): Promise<readonly HookRecord[]> => {
  const records: HookRecord[] = [];
  for (const hook of rollout.spec.hooks) {
    if (hook.type !== type) continue;
    const payload = payloadOf(rollout, phase, hook.metadata);
    const answer = await hooks.call(hook, { payload, idempotencyKey: keyOf(rollout, hook.name, now) });
    records.push({ name: hook.name, type, ...answer });
    if (answer.passed === (type === 'rollback')) break;
  }
  return records;
};

/** Whether a spec has hooks of a type. */
export const hasHooks = ({ spec }: Pick<Rollout, 'spec'>, type: HookType): boolean =>
  spec.hooks.some((hook) => hook.type === type);

/** The hook that said no; undefined when all said yes, or none was called. */
export const refusedBy = (records: readonly HookRecord[], type: HookType): HookRecord | undefined =>
  records.find((record) => record.type === type && !record.passed);
