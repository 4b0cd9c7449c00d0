import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionArn, splitFunctionName } from '../../lambda/function-config.ts';
import type { FunctionPolicies } from '../../lambda/function-policies.ts';
import type { LambdaHost } from '../../lambda/host.ts';
import { fields, needed, type ResourceContext, type ResourceProviders, text } from '../provider.ts';
import type { Fields } from '../template.ts';

/** Lambda's own defaults, in seconds and MB (CloudFormation reference, AWS::Lambda::Function). */
const DEFAULT_TIMEOUT = 3;
const DEFAULT_MEMORY = 128;

const strings = (values: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** Where the code lies: an asset's directory, or a folder made for code that stands in the template. */
const codeDirectory = (
  properties: Fields,
  name: string,
  context: ResourceContext,
  folder: string,
): string => {
  const code = fields(properties, 'Code');
  const inline = text(code, 'ZipFile');
  if (inline === undefined) return context.asset(needed(code, 'S3Key'));
  const directory = join(folder, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.js'), inline);
  return directory;
};

const checkRuntime = (properties: Fields): void => {
  const runtime = text(properties, 'Runtime') ?? text(properties, 'PackageType');
  if (runtime?.startsWith('nodejs') !== true) {
    throw new Error(`Runtime: the sandbox runs Node.js functions, got ${runtime}; use nodejs24.x`);
  }
};

/** Functions, their versions, aliases, permissions and asynchronous settings. `folder`: for code in templates. */
export const lambdaResources = (
  host: LambdaHost,
  policies: FunctionPolicies,
  folder: string,
): ResourceProviders => {
  const createFunction = (properties: Fields, context: ResourceContext) => {
    checkRuntime(properties);
    const name = context.name(properties.FunctionName, 64);
    const reserved = text(properties, 'ReservedConcurrentExecutions');
    host.deploy({
      name,
      codeDirectory: codeDirectory(properties, name, context, folder),
      handler: needed(properties, 'Handler'),
      timeoutSeconds: Number(properties.Timeout ?? DEFAULT_TIMEOUT),
      memoryMb: Number(properties.MemorySize ?? DEFAULT_MEMORY),
      environment: strings(fields(fields(properties, 'Environment'), 'Variables')),
      roleArn: needed(properties, 'Role'),
      ...(reserved === undefined ? {} : { reservedConcurrency: Number(reserved) }),
    });
    const deadLetter = text(fields(properties, 'DeadLetterConfig'), 'TargetArn');
    if (deadLetter !== undefined) host.configureEvents(name, { deadLetter });
    return { ref: name, attributes: { Arn: functionArn(context, name) } };
  };

  const createVersion = (properties: Fields, context: ResourceContext) => {
    const { name } = splitFunctionName(needed(properties, 'FunctionName'));
    const version = host.functions.publish(name);
    const arn = functionArn(context, name, version);
    return { ref: arn, attributes: { Version: version, FunctionArn: arn } };
  };

  const createAlias = (properties: Fields, context: ResourceContext) => {
    const { name } = splitFunctionName(needed(properties, 'FunctionName'));
    const alias = needed(properties, 'Name');
    host.functions.putAlias(name, alias, needed(properties, 'FunctionVersion'));
    const arn = functionArn(context, name, alias);
    return { ref: arn, attributes: { AliasArn: arn } };
  };

  const configureEvents = (properties: Fields) => {
    const { name } = splitFunctionName(needed(properties, 'FunctionName'));
    const attempts = text(properties, 'MaximumRetryAttempts');
    const onFailure = text(fields(fields(properties, 'DestinationConfig'), 'OnFailure'), 'Destination');
    host.configureEvents(name, {
      ...(attempts === undefined ? {} : { maximumRetryAttempts: Number(attempts) }),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    return { ref: `${name}|${text(properties, 'Qualifier')}` };
  };

  const addPermission = (properties: Fields, { logicalId }: ResourceContext) => {
    policies.allow(needed(properties, 'FunctionName'), {
      action: needed(properties, 'Action'),
      principal: needed(properties, 'Principal'),
      sourceArn: text(properties, 'SourceArn'),
      sourceAccount: text(properties, 'SourceAccount'),
    });
    return { ref: logicalId, attributes: { Id: logicalId } };
  };

  const createUrl = (properties: Fields, { logicalId, region }: ResourceContext) => {
    const arn = needed(properties, 'TargetFunctionArn');
    const url = `https://${logicalId.toLowerCase()}.lambda-url.${region}.on.aws/`;
    return { ref: arn, attributes: { FunctionArn: arn, FunctionUrl: url } };
  };

  return {
    'AWS::Lambda::Function': createFunction,
    'AWS::Lambda::Version': createVersion,
    'AWS::Lambda::Alias': createAlias,
    'AWS::Lambda::EventInvokeConfig': configureEvents,
    'AWS::Lambda::Permission': addPermission,
    'AWS::Lambda::Url': createUrl,
  };
};
