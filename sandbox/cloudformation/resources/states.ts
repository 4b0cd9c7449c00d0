import { readFileSync } from 'node:fs';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { fields, items, needed, type ResourceContext, type ResourceProviders, text } from '../provider.ts';
import type { Fields } from '../template.ts';
import { camelCased, jsonText } from './api.ts';

const definitionOf = (properties: Fields, { asset }: ResourceContext): string => {
  const key = text(fields(properties, 'DefinitionS3Location'), 'Key');
  const source = properties.DefinitionString ?? properties.Definition;
  const definition = key === undefined ? jsonText(source) : readFileSync(asset(key), 'utf8');
  const substitutions = fields(properties, 'DefinitionSubstitutions');
  return definition.replace(/\$\{([^}]+)\}/g, (whole, name: string) =>
    substitutions[name] === undefined ? whole : String(substitutions[name]),
  );
};

const camelMember = (properties: Fields, from: string, to: string): Fields =>
  properties[from] === undefined ? {} : { [to]: camelCased(properties[from]) };

const logGroupsOf = (properties: Fields): string[] =>
  items(fields(properties, 'LoggingConfiguration'), 'Destinations').map((destination) => {
    const arn = needed(fields(destination as Fields, 'CloudWatchLogsLogGroup'), 'LogGroupArn');
    return arn.replace(/^.*:log-group:/, '').replace(/:\*$/, '');
  });

/** State machines, their versions and aliases. */
export const stepFunctionsResources = (telemetry: Telemetry): ResourceProviders => ({
  'AWS::StepFunctions::StateMachine': async (properties, context) => {
    const name = context.name(properties.StateMachineName, 80);
    const { stateMachineArn } = await context.call('states', 'CreateStateMachine', {
      name,
      definition: definitionOf(properties, context),
      roleArn: needed(properties, 'RoleArn'),
      type: text(properties, 'StateMachineType') ?? 'STANDARD',
      ...camelMember(properties, 'LoggingConfiguration', 'loggingConfiguration'),
      ...camelMember(properties, 'TracingConfiguration', 'tracingConfiguration'),
    });
    const arn = String(stateMachineArn);
    telemetry.logMachine(arn, logGroupsOf(properties));
    return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
  },

  'AWS::StepFunctions::StateMachineVersion': async (properties, { call }) => {
    const { stateMachineVersionArn } = await call('states', 'PublishStateMachineVersion', {
      stateMachineArn: needed(properties, 'StateMachineArn'),
    });
    return { ref: String(stateMachineVersionArn), attributes: { Arn: stateMachineVersionArn } };
  },

  'AWS::StepFunctions::StateMachineAlias': async (properties, { name, call }) => {
    const { stateMachineAliasArn } = await call('states', 'CreateStateMachineAlias', {
      name: name(properties.Name, 80),
      ...camelMember(properties, 'RoutingConfiguration', 'routingConfiguration'),
    });
    return { ref: String(stateMachineAliasArn), attributes: { Arn: stateMachineAliasArn } };
  },
});
