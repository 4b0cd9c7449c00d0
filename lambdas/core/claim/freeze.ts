import { CanaryError, ErrorName } from '../errors.ts';
import { ALL_SERVICES, type Freeze, isFrozen } from '../holds/freeze.ts';
import type { ServiceRecord } from '../record.ts';
import type { Changed } from '../store.ts';

/** What a person says to begin or end a freeze of a service, or of all (`*`). */
export interface FreezeCommand {
  /** `service@target`, or `*`. */
  readonly service: string;
  readonly command: 'freeze' | 'unfreeze';
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason?: string;
  /** ISO 8601: when it ends by itself. */
  readonly until?: string;
}

/** `podinfo@prod-eu is`, `all services are`. */
const subjectOf = (service: string): string =>
  service === ALL_SERVICES ? 'all services are' : `${service} is`;

const ending = (until: string, at: string): string => {
  const time = new Date(until);
  const wanted = 'a time to come, such as 2026-12-24T08:00:00Z or 2h';
  if (Number.isNaN(time.getTime()) || time.getTime() <= Date.parse(at))
    throw new CanaryError(ErrorName.InvalidInput, `until: must be ${wanted}, got "${until}"`);
  return time.toISOString();
};

/** Begins or ends a freeze; every rollout hears it at its next look. Returns what was done, in a sentence. */
export const applyFreeze = (record: ServiceRecord, command: FreezeCommand): Changed<string> => {
  const { service, by, at, reason = '', until } = command;
  const { freeze: before, ...rest } = record;
  const subject = subjectOf(service);
  if (command.command === 'unfreeze') {
    if (!isFrozen(before, at))
      throw new CanaryError(
        ErrorName.InvalidInput,
        `${subject} not frozen by anybody; see stepcanary status`,
      );
    return { record: rest, answer: `${subject} free to roll again; it was frozen by ${before.by}` };
  }
  const freeze: Freeze = { by, at, reason, ...(until !== undefined && { until: ending(until, at) }) };
  const limit = freeze.until === undefined ? '' : ` until ${freeze.until}`;
  return {
    record: { ...rest, freeze },
    answer: `${subject} frozen${limit}: nothing new begins, and no weight rises; a rollback is never held`,
  };
};
