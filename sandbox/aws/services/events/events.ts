import { AwsError, type Behaviours, type Call } from '../../service.ts';
import { isShape, type Shape } from '../../wire/schema.ts';
import { pageOf } from '../paging.ts';
import type { EventBuses, NewEvent } from './bus.ts';
import { compilePattern, InvalidPattern } from './pattern.ts';
import type { Rule, Target } from './rule.ts';

const PAGE = 100;
/** An entry may be 1 MB (EventBridge quotas, since 2025; 256 KB before). */
const MOST_BYTES = 1024 * 1024;

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  readonly Time?: Date;
  readonly EventBusName?: string;
}

const busOf = (nameOrArn: string | undefined): string =>
  (nameOrArn ?? 'default').replace(/^.*:event-bus\//, '');

function parsedObject(text: string): Shape | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isShape(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An entry of PutEvents as an event, or the error that this entry gets. */
function read({
  Source,
  DetailType,
  Detail,
  Resources = [],
  Time,
  EventBusName,
}: Entry): NewEvent | { code: string; message: string } {
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, value]) => !value)?.[0];
  if (missing !== undefined)
    return {
      code: 'InvalidArgument',
      message: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    };
  if (Source?.startsWith('aws.') === true)
    return { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' };
  if (Buffer.byteLength(Detail ?? '') > MOST_BYTES)
    return { code: 'InvalidArgument', message: 'Total size of the entry is over the limit.' };
  const detail = parsedObject(Detail ?? '');
  if (detail === undefined) return { code: 'MalformedDetail', message: 'Detail is malformed.' };
  return {
    source: Source as string,
    detailType: DetailType as string,
    detail,
    resources: Resources,
    bus: busOf(EventBusName),
    ...(Time !== undefined && { time: Time.getTime() }),
  };
}

const describe = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventBusName: rule.bus,
  State: rule.state,
  ...(rule.pattern !== undefined && { EventPattern: JSON.stringify(rule.pattern) }),
  ...(rule.schedule !== undefined && { ScheduleExpression: rule.schedule }),
  ...(rule.description !== undefined && { Description: rule.description }),
  ...(rule.roleArn !== undefined && { RoleArn: rule.roleArn }),
});

function parsePattern(text: string) {
  try {
    const pattern = JSON.parse(text);
    compilePattern(pattern);
    return pattern;
  } catch (error) {
    throw new AwsError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${(error as Error).message}`,
    );
  }
}

interface EventsOptions {
  /**
   * Whether an owner's PutEvents may name a source of AWS (`aws.ecr`), which EventBridge refuses: how an ECR push comes
   * into a sandbox from outside. @default true
   */
  readonly awsSources?: boolean;
}

/** Amazon EventBridge: rules, targets and events. */
export function events(buses: EventBuses, { awsSources = true }: EventsOptions = {}): Behaviours {
  const needed = (name: string, bus: string | undefined, call: Call): Rule => {
    const rule = buses.rule(call, name, busOf(bus));
    if (rule !== undefined) return rule;
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busOf(bus)}.`);
  };
  const readEntry = (entry: Entry, { caller }: Call) => {
    const owner = awsSources && caller.roleArn === undefined;
    if (!owner || entry.Source?.startsWith('aws.') !== true) return read(entry);
    const event = read({ ...entry, Source: 'owner' });
    return 'code' in event ? event : { ...event, source: entry.Source };
  };

  return {
    async PutEvents({ Entries }, call) {
      const answers: { EventId?: string; ErrorCode?: string; ErrorMessage?: string }[] = [];
      for (const entry of Entries as Entry[]) {
        const event = readEntry(entry, call);
        answers.push(
          'code' in event
            ? { ErrorCode: event.code, ErrorMessage: event.message }
            : { EventId: await buses.put(call, event) },
        );
      }
      return {
        FailedEntryCount: answers.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
        Entries: answers,
      };
    },

    PutRule({ Name, EventBusName, EventPattern, ScheduleExpression, State, Description, RoleArn }, call) {
      if (EventPattern === undefined && ScheduleExpression === undefined)
        throw new AwsError(
          'ValidationException',
          'Parameter(s) EventPattern or ScheduleExpression must be specified.',
        );
      try {
        const rule = buses.putRule(call, {
          name: Name,
          bus: busOf(EventBusName),
          pattern: EventPattern === undefined ? undefined : parsePattern(EventPattern),
          schedule: ScheduleExpression,
          state: State,
          description: Description,
          roleArn: RoleArn,
        });
        return { RuleArn: rule.arn };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new AwsError(
          'ValidationException',
          `Parameter ScheduleExpression is not valid. ${error.message}`,
        );
      }
    },

    PutTargets({ Rule: name, EventBusName, Targets }, call) {
      buses.putTargets(needed(name, EventBusName, call), Targets as Target[]);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    RemoveTargets({ Rule: name, EventBusName, Ids }, call) {
      const rule = needed(name, EventBusName, call);
      for (const id of Ids as string[]) rule.targets.delete(id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    ListTargetsByRule({ Rule: name, EventBusName, Limit = PAGE, NextToken }, call) {
      const targets = [...needed(name, EventBusName, call).targets.values()];
      const page = pageOf(targets, { size: Limit, token: NextToken, invalid: 'ValidationException' });
      return { Targets: page.items, ...(page.next !== undefined && { NextToken: page.next }) };
    },

    DescribeRule: ({ Name, EventBusName }, call) => ({
      ...describe(needed(Name, EventBusName, call)),
      CreatedBy: call.account,
    }),

    ListRules({ NamePrefix = '', EventBusName, Limit = PAGE, NextToken }, call) {
      const rules = buses.rules(call, busOf(EventBusName)).filter(({ name }) => name.startsWith(NamePrefix));
      const page = pageOf(rules, { size: Limit, token: NextToken, invalid: 'ValidationException' });
      return { Rules: page.items.map(describe), ...(page.next !== undefined && { NextToken: page.next }) };
    },

    DeleteRule({ Name, EventBusName }, call) {
      const rule = buses.rule(call, Name, busOf(EventBusName));
      // Deleting what is not there is no error.
      if (rule === undefined) return;
      if (rule.targets.size > 0)
        throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      buses.deleteRule(call, Name, rule.bus);
    },

    EnableRule({ Name, EventBusName }, call) {
      buses.putRule(call, { ...needed(Name, EventBusName, call), state: 'ENABLED' });
    },

    DisableRule({ Name, EventBusName }, call) {
      buses.putRule(call, { ...needed(Name, EventBusName, call), state: 'DISABLED' });
    },

    TestEventPattern({ EventPattern, Event }) {
      try {
        return { Result: compilePattern(parsePattern(EventPattern))(JSON.parse(Event)) };
      } catch (error) {
        if (error instanceof AwsError || error instanceof InvalidPattern) throw error;
        throw new AwsError('ValidationException', 'Parameter Event is not valid.');
      }
    },
  };
}
