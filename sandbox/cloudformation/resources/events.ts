import { items, needed, type ResourceContext, type ResourceProviders, text } from '../provider.ts';
import type { Fields } from '../template.ts';
import { type ApiCall, jsonText, pick } from './api.ts';

const ruleResource = (busName: string | undefined, name: string): string =>
  busName === undefined || busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`;

/** Event buses and rules with their targets. */
export const eventResources = (call: ApiCall): ResourceProviders => {
  const createRule = async (properties: Fields, context: ResourceContext) => {
    const Name = context.name(properties.Name, 64);
    const bus = text(properties, 'EventBusName');
    const onBus = bus === undefined ? {} : { EventBusName: bus };
    const pattern = properties.EventPattern;
    await call('events', 'PutRule', {
      Name,
      ...onBus,
      ...(pattern === undefined ? {} : { EventPattern: jsonText(pattern) }),
      ...pick(properties, 'ScheduleExpression', 'State', 'Description', 'RoleArn'),
    });
    const Targets = items(properties, 'Targets');
    if (Targets.length > 0) await call('events', 'PutTargets', { Rule: Name, ...onBus, Targets });
    const ref = bus === undefined || bus === 'default' ? Name : `${bus}|${Name}`;
    return { ref, attributes: { Arn: context.arn('events', ruleResource(bus, Name)) } };
  };

  return {
    'AWS::Events::Rule': createRule,
    'AWS::Events::EventBus': async (properties, { arn }) => {
      const Name = needed(properties, 'Name');
      await call('events', 'CreateEventBus', { Name });
      return { ref: Name, attributes: { Name, Arn: arn('events', `event-bus/${Name}`) } };
    },
  };
};
