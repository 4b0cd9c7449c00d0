import { createHash } from 'node:crypto';
import type { Fields } from './template.ts';

/**
 * Calls one of the sandbox's AWS APIs as the owner: service by IAM prefix, input and output in the SDK's shapes. Rejects
 * with an AwsError, also for what the sandbox does not implement.
 */
export type ApiCall = (service: string, operation: string, input: Fields) => Promise<Fields>;

/** Where and as what a resource is created. */
export interface ResourceContext {
  readonly stack: string;
  readonly logicalId: string;
  readonly region: string;
  readonly account: string;
  /** Calls an API in the stack's account and region. */
  readonly call: ApiCall;
  /** File or directory of an asset, by its object key in the assets' bucket. */
  asset(objectKey: string): string;
  /** The resource's own name where the template gives one, else one made of the stack's and the logical id. */
  name(given: unknown, maxLength: number): string;
  /** An ARN in the stack's region and account. */
  arn(service: string, resource: string): string;
}

/** A resource that is there: what `Ref` and `Fn::GetAtt` give. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes?: Fields;
}

/** Creates, or replaces, one resource from its resolved properties. */
export type ResourceProvider = (
  properties: Fields,
  context: ResourceContext,
) => CreatedResource | Promise<CreatedResource>;

/** By resource type: `AWS::SNS::Topic`. */
export type ResourceProviders = Readonly<Record<string, ResourceProvider>>;

const SUFFIX_LENGTH = 12;

/**
 * A physical name as CloudFormation makes them: stack, logical id and a suffix; here the suffix is the same for the same
 * stack and id. The first two are cut where the whole would be too long.
 */
export const physicalName = (stack: string, logicalId: string, maxLength: number): string => {
  const digest = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex');
  const suffix = digest.slice(0, SUFFIX_LENGTH).toUpperCase();
  const room = maxLength - suffix.length - 2;
  const idPart = logicalId.slice(0, Math.max(Math.ceil(room / 2), room - stack.length));
  return `${stack.slice(0, room - idPart.length)}-${idPart}-${suffix}`;
};

/** A text property, or undefined where it is missing. */
export const text = (properties: Fields, name: string): string | undefined => {
  const value = properties[name];
  return value === undefined ? undefined : String(value);
};

/**
 * A text property that the resource can't do without.
 * @throws Error naming the property
 */
export const needed = (properties: Fields, name: string): string => {
  const value = text(properties, name);
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};

/** The elements of a list property; none where it is missing. */
export const items = (properties: Fields, name: string): readonly unknown[] => {
  const value = properties[name];
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
};

/** A property that is an object; empty where it is missing. */
export const fields = (properties: Fields, name: string): Fields => (properties[name] ?? {}) as Fields;
