import { arnOf, uuidOf } from '../../names.ts';
import { PerPlace, type Place } from '../place.ts';
import { parseSchedule, type Schedule } from './cron.ts';
import { Deliverer, type DelivererOptions } from './delivery.ts';
import { inputFor } from './input.ts';
import { compilePattern } from './pattern.ts';
import type { BusEvent, Rule, RuleInput, Target } from './rule.ts';

/** An event as a service or PutEvents gives it; the bus adds the envelope. */
export interface NewEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  /** Epoch milliseconds. @default now */
  readonly time?: number;
  /** @default default */
  readonly bus?: string;
}

interface Entry {
  readonly rule: Rule;
  readonly matches: ((event: BusEvent) => boolean) | undefined;
  readonly cancel: () => void;
}

const DEFAULT_BUS = 'default';

/** EventBridge's buses: rules by pattern and by schedule, per account and region. */
export class EventBuses {
  readonly #options: DelivererOptions;
  readonly #deliverer: Deliverer;
  readonly #rules = new PerPlace(() => new Map<string, Entry>());
  #count = 0;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#deliverer = new Deliverer(options);
  }

  /**
   * Creates a rule or changes it; its targets stay.
   * @throws InvalidPattern, RangeError for a pattern or schedule that EventBridge would refuse
   */
  putRule(place: Place, input: RuleInput): Rule {
    const bus = input.bus ?? DEFAULT_BUS;
    const key = keyOf(bus, input.name);
    const rules = this.#rules.at(place);
    const matches = input.pattern === undefined ? undefined : compilePattern(input.pattern);
    const schedule =
      input.schedule === undefined ? undefined : parseSchedule(input.schedule, this.#options.clock.now());
    const before = rules.get(key);
    before?.cancel();
    const resource = bus === DEFAULT_BUS ? `rule/${input.name}` : `rule/${bus}/${input.name}`;
    const rule: Rule = {
      ...input,
      bus,
      state: input.state ?? 'ENABLED',
      arn: arnOf('events', place.region, place.account, resource),
      place: { account: place.account, region: place.region },
      targets: before?.rule.targets ?? new Map(),
    };
    const cancel =
      schedule === undefined || rule.state === 'DISABLED' ? () => {} : this.#plan(rule, schedule);
    rules.set(key, { rule, matches, cancel });
    return rule;
  }

  rule(place: Place, name: string, bus = DEFAULT_BUS): Rule | undefined {
    return this.#rules.at(place).get(keyOf(bus, name))?.rule;
  }

  rules(place: Place, bus = DEFAULT_BUS): readonly Rule[] {
    const all = [...this.#rules.at(place).values()].map(({ rule }) => rule);
    return all.filter((rule) => rule.bus === bus).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  deleteRule(place: Place, name: string, bus = DEFAULT_BUS): void {
    const key = keyOf(bus, name);
    this.#rules.at(place).get(key)?.cancel();
    this.#rules.at(place).delete(key);
  }

  /** Adds targets, or replaces those with the same id. */
  putTargets(rule: Rule, targets: readonly Target[]): void {
    for (const target of targets) rule.targets.set(target.Id, target);
  }

  /** Puts an event on a bus; resolves with its id when every matching target had its first attempt. */
  async put(place: Place, event: NewEvent): Promise<string> {
    const { clock } = this.#options;
    const id = uuidOf(`event ${place.account} ${place.region} ${++this.#count}`);
    const envelope: BusEvent = {
      version: '0',
      id,
      'detail-type': event.detailType,
      source: event.source,
      account: place.account,
      time: new Date(event.time ?? clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: place.region,
      resources: event.resources ?? [],
      detail: event.detail,
    };
    const entries = [...this.#rules.at(place).values()].filter(
      ({ rule, matches }) =>
        rule.bus === (event.bus ?? DEFAULT_BUS) && rule.state !== 'DISABLED' && matches?.(envelope) === true,
    );
    for (const { rule } of entries) await this.#send(rule, envelope);
    return id;
  }

  /** Stops every schedule. */
  close(): void {
    for (const rules of this.#rules.all()) for (const { cancel } of rules.values()) cancel();
  }

  async #send(rule: Rule, event: BusEvent): Promise<void> {
    const at = { ruleArn: rule.arn, now: this.#options.clock.now() };
    for (const target of rule.targets.values())
      await this.#deliverer.send({ target, rule, event, input: inputFor(target, event, at) });
  }

  #plan(rule: Rule, schedule: Schedule): () => void {
    const { clock } = this.#options;
    let cancel = () => {};
    const next = (after: number) => {
      const at = schedule(after);
      if (at === undefined) return;
      cancel = clock.schedule(at, async () => {
        next(at);
        await this.#send(rule, this.#scheduled(rule, at));
      });
    };
    next(clock.now());
    return () => cancel();
  }

  #scheduled({ arn, place }: Rule, at: number): BusEvent {
    return {
      version: '0',
      id: uuidOf(`scheduled ${arn} ${at}`),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: place.account,
      time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: place.region,
      resources: [arn],
      detail: {},
    };
  }
}

const keyOf = (bus: string, name: string): string => `${bus}/${name}`;
