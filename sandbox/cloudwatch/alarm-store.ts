import type {
  AlarmHistoryItem,
  HistoryItemType,
  MetricAlarm,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { arnOf } from '../aws/names.ts';
import { type AlarmState, alarmPeriod, evaluateAlarm } from './evaluate-alarm.ts';
import type { MetricStore, Place } from './metric-store.ts';

/** A state, since when. */
export interface TimedState extends AlarmState {
  /** Epoch ms. */
  readonly at: number;
}

interface StoredAlarm extends Place {
  input: PutMetricAlarmInput;
  updatedAt: number;
  state: TimedState;
  /** Oldest first. */
  readonly history: AlarmHistoryItem[];
}

/** A change of state, as somebody is to be told of it. */
export interface AlarmChange extends Place {
  readonly alarm: MetricAlarm;
  readonly arn: string;
  readonly from: TimedState;
  readonly to: TimedState;
  /** ARNs of the new state's actions, mostly of SNS topics; none while actions are switched off. */
  readonly actions: readonly string[];
  /** Writes into the alarm's history what became of one action. */
  readonly note: (summary: string) => void;
}

const keyOf = ({ account, region }: Place, name: string) =>
  arnOf('cloudwatch', region, account, `alarm:${name}`);

const actionsFor = (input: PutMetricAlarmInput, state: StateValue): readonly string[] => {
  if (input.ActionsEnabled === false) return [];
  const { AlarmActions, OKActions, InsufficientDataActions } = input;
  return { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state] ?? [];
};

const described = ({ input, updatedAt, state, ...place }: StoredAlarm): MetricAlarm => {
  const { Tags: _, ...settings } = input;
  return {
    ActionsEnabled: true,
    ...{ OKActions: [], AlarmActions: [], InsufficientDataActions: [], Dimensions: [] },
    ...settings,
    AlarmArn: keyOf(place, input.AlarmName ?? ''),
    AlarmConfigurationUpdatedTimestamp: new Date(updatedAt),
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.data === undefined ? {} : { StateReasonData: state.data }),
    StateUpdatedTimestamp: new Date(state.at),
    StateTransitionedTimestamp: new Date(state.at),
  };
};

const MINUTE = 60_000;

/** The alarms, with the states that they were last seen in and how they came there. */
export class AlarmStore {
  readonly #metrics: MetricStore;
  readonly #alarms = new Map<string, StoredAlarm>();

  constructor(metrics: MetricStore) {
    this.#metrics = metrics;
  }

  /** Whether there is anything to evaluate. */
  get isEmpty(): boolean {
    return this.#alarms.size === 0;
  }

  /** How often the alarms are to be looked at: each minute, or each 10 s where a period is shorter (CloudWatch user guide). */
  get interval(): number {
    return [...this.#alarms.values()].some(({ input }) => alarmPeriod(input) < MINUTE) ? 10_000 : MINUTE;
  }

  /** A new alarm begins without data; one that is put again keeps its state. */
  put(input: PutMetricAlarmInput, { account, region }: Place): void {
    const key = keyOf({ account, region }, input.AlarmName ?? '');
    const at = this.#metrics.now();
    const known = this.#alarms.get(key);
    if (known !== undefined) {
      known.input = input;
      known.updatedAt = at;
      this.#note(known, 'ConfigurationUpdate', `Alarm "${input.AlarmName}" updated`);
      return;
    }
    const reason = 'Unchecked: Initial alarm creation';
    const state: TimedState = { value: 'INSUFFICIENT_DATA', reason, at };
    const stored: StoredAlarm = { account, region, input, updatedAt: at, state, history: [] };
    this.#alarms.set(key, stored);
    this.#note(stored, 'ConfigurationUpdate', `Alarm "${input.AlarmName}" created`);
  }

  /** @returns whether there is such an alarm */
  delete(name: string, place: Place): boolean {
    return this.#alarms.delete(keyOf(place, name));
  }

  /** Sets a state until the next evaluation. Undefined when there is no such alarm; what changed otherwise. */
  setState(name: string, state: AlarmState, place: Place): AlarmChange[] | undefined {
    const stored = this.#alarms.get(keyOf(place, name));
    return stored && this.#move(stored, state);
  }

  /** Lets an alarm act, or only show its state. */
  enableActions(name: string, enabled: boolean, place: Place): void {
    const stored = this.#alarms.get(keyOf(place, name));
    if (stored !== undefined) stored.input = { ...stored.input, ActionsEnabled: enabled };
  }

  /** Looks at every alarm's metric; the changes are for the caller to act on. */
  evaluate(): AlarmChange[] {
    return [...this.#alarms.values()].flatMap((stored) =>
      this.#move(stored, evaluateAlarm(this.#metrics, stored.input, stored)),
    );
  }

  list(place: Place): MetricAlarm[] {
    return this.#at(place).map(described);
  }

  /** What happened to the alarms of a place, or to one of them, oldest first. */
  history(place: Place, name?: string): readonly AlarmHistoryItem[] {
    return this.#at(place)
      .filter(({ input }) => name === undefined || input.AlarmName === name)
      .flatMap(({ history }) => history)
      .sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp));
  }

  #at(place: Place): readonly StoredAlarm[] {
    return [...this.#alarms.values()].filter(
      ({ account, region }) => account === place.account && region === place.region,
    );
  }

  #move(stored: StoredAlarm, state: AlarmState | undefined): AlarmChange[] {
    const from = stored.state;
    if (state === undefined || state.value === from.value) return [];
    const to = { ...state, at: this.#metrics.now() };
    stored.state = to;
    this.#note(stored, 'StateUpdate', `Alarm updated from ${from.value} to ${to.value}`, {
      version: '1.0',
      oldState: shown(from),
      newState: shown(to),
    });
    const { account, region, input } = stored;
    const change = {
      account,
      region,
      alarm: described(stored),
      arn: keyOf(stored, input.AlarmName ?? ''),
      from,
      to,
      actions: actionsFor(input, to.value),
      note: (summary: string) => this.#note(stored, 'Action', summary),
    };
    return [change];
  }

  #note(stored: StoredAlarm, type: HistoryItemType, summary: string, data?: object): void {
    stored.history.push({
      AlarmName: stored.input.AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: new Date(this.#metrics.now()),
      HistoryItemType: type,
      HistorySummary: summary,
      ...(data === undefined ? {} : { HistoryData: JSON.stringify(data) }),
    });
  }
}

const shown = ({ value, reason, data }: TimedState) => ({
  stateValue: value,
  stateReason: reason,
  ...(data === undefined ? {} : { stateReasonData: JSON.parse(data) as unknown }),
});
