import type { MetricAlarm, PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import { evaluateAlarm } from './evaluate-alarm.ts';
import type { MetricStore, Place } from './metric-store.ts';

interface State {
  readonly value: StateValue;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
}

interface StoredAlarm extends Place {
  readonly input: PutMetricAlarmInput;
  readonly updatedAt: number;
  state: State;
}

/** A change of state, as somebody is to be told of it. */
export interface AlarmChange {
  readonly alarm: MetricAlarm;
  readonly from: StateValue;
  /** ARNs, mostly of SNS topics. */
  readonly actions: readonly string[];
  /** What CloudWatch publishes to a topic. */
  readonly message: string;
}

const arnOf = ({ account, region }: Place, name: string) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const actionsFor = (input: PutMetricAlarmInput, state: StateValue): readonly string[] => {
  if (input.ActionsEnabled === false) return [];
  const { AlarmActions, OKActions, InsufficientDataActions } = input;
  return { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state] ?? [];
};

const described = ({ input, updatedAt, state, ...place }: StoredAlarm): MetricAlarm => {
  const { Tags: _, ...settings } = input;
  return {
    ActionsEnabled: true,
    ...settings,
    AlarmArn: arnOf(place, input.AlarmName ?? ''),
    AlarmConfigurationUpdatedTimestamp: new Date(updatedAt),
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(state.at),
  };
};

const changeOf = (stored: StoredAlarm, from: StateValue): AlarmChange => {
  const alarm = described(stored);
  const message = {
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: stored.account,
    NewStateValue: stored.state.value,
    NewStateReason: stored.state.reason,
    StateChangeTime: new Date(stored.state.at).toISOString(),
    Region: stored.region,
    AlarmArn: alarm.AlarmArn,
    OldStateValue: from,
  };
  const actions = actionsFor(stored.input, stored.state.value);
  return { alarm, from, actions, message: JSON.stringify(message) };
};

/** The alarms, with the states that they were last seen in. */
export class AlarmStore {
  readonly #metrics: MetricStore;
  readonly #alarms = new Map<string, StoredAlarm>();

  constructor(metrics: MetricStore) {
    this.#metrics = metrics;
  }

  /** A new alarm begins without data; one that is put again keeps its state. */
  put(input: PutMetricAlarmInput, { account, region }: Place): void {
    const arn = arnOf({ account, region }, input.AlarmName ?? '');
    const now = this.#metrics.now();
    const initial = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      at: now,
    } as const;
    const state = this.#alarms.get(arn)?.state ?? initial;
    this.#alarms.set(arn, { account, region, input, updatedAt: now, state });
  }

  /** @returns whether there is such an alarm */
  delete(name: string, place: Place): boolean {
    return this.#alarms.delete(arnOf(place, name));
  }

  /** Sets a state until the next evaluation. Undefined when there is no such alarm; what changed otherwise. */
  setState(
    name: string,
    { value, reason }: { value: StateValue; reason: string },
    place: Place,
  ): AlarmChange[] | undefined {
    const stored = this.#alarms.get(arnOf(place, name));
    return stored && this.#move(stored, { value, reason });
  }

  /** Looks at every alarm's metric, as CloudWatch does each minute; the changes are for the caller to act on. */
  evaluate(): AlarmChange[] {
    return [...this.#alarms.values()].flatMap((stored) =>
      this.#move(stored, evaluateAlarm(this.#metrics, stored.input, stored)),
    );
  }

  list(place: Place): MetricAlarm[] {
    return [...this.#alarms.values()]
      .filter(({ account, region }) => account === place.account && region === place.region)
      .map(described);
  }

  #move(stored: StoredAlarm, { value, reason }: { value: StateValue; reason: string }): AlarmChange[] {
    const from = stored.state.value;
    if (value === from) return [];
    stored.state = { value, reason, at: this.#metrics.now() };
    return [changeOf(stored, from)];
  }
}
