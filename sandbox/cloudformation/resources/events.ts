import { items, needed, type ResourceContext, type ResourceProviders, text } from '../provider.ts';
import type { Fields } from '../template.ts';
import { jsonText, pick } from './api.ts';

const ruleResource = (busName: string | undefined, name: string): string =>
  busName === undefined || busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`;

const createRule = async (properties: Fields, context: ResourceContext) => {
  const Name = context.name(properties.Name, 64);
  const bus = text(properties, 'EventBusName');
  const onBus = bus === undefined ? {} : { EventBusName: bus };
  const pattern = properties.EventPattern;
  await context.call('events', 'PutRule', {
    Name,
    ...onBus,
    ...(pattern === undefined ? {} : { EventPattern: jsonText(pattern) }),
    ...pick(properties, 'ScheduleExpression', 'State', 'Description', 'RoleArn'),
  });
  const Targets = items(properties, 'Targets');
  if (Targets.length > 0) await context.call('events', 'PutTargets', { Rule: Name, ...onBus, Targets });
  const ref = bus === undefined || bus === 'default' ? Name : `${bus}|${Name}`;
  return { ref, attributes: { Arn: context.arn('events', ruleResource(bus, Name)) } };
};

/** Event buses and rules with their targets. */
export const eventResources: ResourceProviders = {
  'AWS::Events::Rule': createRule,
  'AWS::Events::EventBus': async (properties, { arn, call }) => {
    const Name = needed(properties, 'Name');
    await call('events', 'CreateEventBus', { Name });
    return { ref: Name, attributes: { Name, Arn: arn('events', `event-bus/${Name}`) } };
  },
};
