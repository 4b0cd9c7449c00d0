import { parseJsonFilter } from '../../telemetry/json-filter.ts';
import { arnOf } from '../names.ts';
import { AwsError, type Behaviours, type Call } from '../service.ts';
import { pageOf } from './paging.ts';
import { PerPlace, type Place } from './place.ts';

/** One line of a log; times are epoch milliseconds. */
export interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  /** Its number in the group. */
  readonly order: number;
}

interface Group {
  readonly createdAt: number;
  readonly streams: Map<string, LogEvent[]>;
  count: number;
}

/** GetLogEvents and FilterLogEvents answer at most 10,000 events. */
const PAGE = 10_000;

/** The log groups of the sandbox, per account and region. */
export class LogStore {
  readonly #groups = new PerPlace(() => new Map<string, Group>());

  groups(place: Place): ReadonlyMap<string, Group> {
    return this.#groups.at(place);
  }

  create(place: Place, name: string, at: number): Group {
    const group: Group = { createdAt: at, streams: new Map(), count: 0 };
    this.#groups.at(place).set(name, group);
    return group;
  }

  /** The lines of a group from this number on, in the order in which they came. */
  since(place: Place, group: string, order: number): readonly LogEvent[] {
    const streams = this.#groups.at(place).get(group)?.streams ?? new Map<string, LogEvent[]>();
    const events = [...streams.values()].flatMap((lines) => lines.filter((line) => line.order >= order));
    return events.sort((a, b) => a.order - b.order);
  }

  /** Adds lines to a stream; group and stream come to be where they are not there. */
  put(
    place: Place,
    group: string,
    stream: string,
    lines: readonly Pick<LogEvent, 'timestamp' | 'message'>[],
    at: number,
  ): void {
    const { streams } = this.#groups.at(place).get(group) ?? this.create(place, group, at);
    const entry = this.#groups.at(place).get(group) as Group;
    const events = streams.get(stream) ?? [];
    streams.set(stream, events);
    for (const { timestamp, message } of lines)
      events.push({ timestamp, message, ingestionTime: at, order: entry.count++ });
  }
}

const noGroup = () => new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
const noStream = () => new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');

const jsonIn = (message: string): unknown => {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
};

/**
 * Whether a message is meant by a filter pattern: plain terms, of which every one must be in it, `-term` not, and
 * `"a b"` is one; or `{ $.field = value }` over lines in JSON.
 */
export function matchesPattern(pattern: string, message: string): boolean {
  const text = pattern.trim();
  if (text.startsWith('{')) return matchesJson(text, message);
  if (text.startsWith('['))
    throw invalidPattern(`The sandbox reads filter patterns of terms and of JSON, got ${pattern}`);
  const terms = pattern.match(/-?(?:"[^"]*"|[^\s"]+)/g) ?? [];
  return terms.every((term) => {
    const negated = term.startsWith('-');
    const wanted = (negated ? term.slice(1) : term).replaceAll('"', '');
    return message.includes(wanted) !== negated;
  });
}

const matchesJson = (pattern: string, message: string): boolean => {
  const line = jsonIn(message);
  try {
    return parseJsonFilter(pattern)(line);
  } catch (error) {
    throw invalidPattern((error as Error).message);
  }
};

const invalidPattern = (message: string) => new AwsError('InvalidParameterException', message);

interface Range {
  readonly startTime?: number;
  readonly endTime?: number;
}
const within = (
  { startTime = 0, endTime = Number.POSITIVE_INFINITY }: Range,
  { timestamp }: LogEvent,
): boolean => timestamp >= startTime && timestamp < endTime;

/** Amazon CloudWatch Logs: groups, streams, events; filters by terms. */
export function logs(store: LogStore): Behaviours {
  const group = ({ logGroupName, logGroupIdentifier }: Record<string, string>, call: Call): Group => {
    const name = logGroupName ?? logGroupIdentifier?.replace(/^.*:log-group:/, '').replace(/:\*$/, '');
    const found = store.groups(call).get(name ?? '');
    if (found === undefined) throw noGroup();
    return found;
  };

  return {
    CreateLogGroup({ logGroupName }, call) {
      if (store.groups(call).has(logGroupName))
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      store.create(call, logGroupName, call.now);
    },
    CreateLogStream(input, call) {
      const { streams } = group(input, call);
      if (streams.has(input.logStreamName))
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      streams.set(input.logStreamName, []);
    },
    PutLogEvents(input, call) {
      if (!group(input, call).streams.has(input.logStreamName)) throw noStream();
      store.put(call, input.logGroupName, input.logStreamName, input.logEvents, call.now);
      return { nextSequenceToken: String(group(input, call).count) };
    },
    GetLogEvents(input, call) {
      const events = group(input, call).streams.get(input.logStreamName);
      if (events === undefined) throw noStream();
      const found = events.filter((event) => within(input, event));
      const limit: number = input.limit ?? PAGE;
      const from = input.nextToken?.startsWith('f/')
        ? Number(input.nextToken.slice(2))
        : input.startFromHead
          ? 0
          : Math.max(0, found.length - limit);
      const part = found.slice(from, from + limit);
      return {
        events: part.map(({ order: _order, ...event }) => event),
        nextForwardToken: `f/${from + part.length}`,
        nextBackwardToken: `b/${from}`,
      };
    },
    FilterLogEvents(input, call) {
      const { filterPattern = '', logStreamNames, logStreamNamePrefix = '', limit = PAGE, nextToken } = input;
      const streams = [...group(input, call).streams].filter(
        ([name]) => (logStreamNames?.includes(name) ?? true) && name.startsWith(logStreamNamePrefix),
      );
      const found = streams
        .flatMap(([logStreamName, events]) => events.map((event) => ({ logStreamName, event })))
        .filter(({ event }) => within(input, event) && matchesPattern(filterPattern, event.message))
        .sort((a, b) => a.event.timestamp - b.event.timestamp || a.event.order - b.event.order);
      const page = pageOf(found, { size: limit, token: nextToken, invalid: 'InvalidParameterException' });
      const events = page.items.map(({ logStreamName, event: { order, ...event } }) => ({
        logStreamName,
        ...event,
        eventId: String(order).padStart(56, '0'),
      }));
      return { events, ...(page.next !== undefined && { nextToken: page.next }) };
    },
    DescribeLogGroups({ logGroupNamePrefix = '', limit = 50, nextToken }, call) {
      const names = [...store.groups(call).keys()]
        .filter((name) => name.startsWith(logGroupNamePrefix))
        .sort();
      const page = pageOf(names, { size: limit, token: nextToken, invalid: 'InvalidParameterException' });
      const logGroups = page.items.map((name) => ({
        logGroupName: name,
        creationTime: store.groups(call).get(name)?.createdAt ?? 0,
        arn: arnOf('logs', call.region, call.account, `log-group:${name}:*`),
      }));
      return { logGroups, ...(page.next !== undefined && { nextToken: page.next }) };
    },
    DescribeLogStreams(input, call) {
      const names = [...group(input, call).streams.keys()].filter((name) =>
        name.startsWith(input.logStreamNamePrefix ?? ''),
      );
      return { logStreams: names.sort().map((logStreamName) => ({ logStreamName })) };
    },
  };
}
