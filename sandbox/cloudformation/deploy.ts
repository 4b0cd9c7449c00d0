import type { AssemblyStack } from './assembly.ts';
import { NO_VALUE, resolveValue, type Scope } from './intrinsics.ts';
import { inDependencyOrder } from './order.ts';
import {
  type ApiCall,
  type CreatedResource,
  physicalName,
  type ResourceContext,
  type ResourceProviders,
} from './provider.ts';
import { type Fields, isFields, type Parameter } from './template.ts';

/** Reads `{{resolve:SERVICE:REFERENCE}}`, and parameters whose values stand in SSM. */
export type DynamicReference = (service: string, reference: string) => Promise<string>;

export interface DeployOptions {
  /** Where environment-agnostic stacks go. */
  readonly region: string;
  readonly account: string;
  readonly providers: ResourceProviders;
  readonly call: (
    ...args: [...Parameters<ApiCall>, place: { region: string; account: string }]
  ) => Promise<Fields>;
  readonly dynamicReference: DynamicReference;
  /** Outputs of stacks that were deployed before, by export name; this deployment adds its own. */
  readonly exports: Map<string, unknown>;
}

/** A stack as it was deployed: physical ids and outputs. */
export interface DeployedStack {
  readonly name: string;
  /** By logical id. */
  readonly resources: ReadonlyMap<string, CreatedResource>;
  readonly outputs: Fields;
}

/**
 * Creates the stacks' resources, in the order of their dependencies.
 * @throws Error with one line per resource type that the sandbox does not have, before anything is created; or naming
 * stack, resource and type of the one resource that failed
 */
export const deployStacks = async (
  stacks: readonly AssemblyStack[],
  options: DeployOptions,
): Promise<DeployedStack[]> => {
  refuseUnknownTypes(stacks, options.providers);
  const deployed: DeployedStack[] = [];
  for (const stack of stacks) deployed.push(await new StackDeployment(stack, options).run());
  return deployed;
};

const refuseUnknownTypes = (stacks: readonly AssemblyStack[], providers: ResourceProviders): void => {
  const unknown = stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources ?? {})
      .filter(([, { Type }]) => providers[Type] === undefined)
      .map(([logicalId, { Type }]) => `stack ${name}, resource ${logicalId}: the sandbox has no ${Type}`),
  );
  if (unknown.length > 0) throw new Error(unknown.join('\n'));
};

class StackDeployment {
  readonly #stack: AssemblyStack;
  readonly #options: DeployOptions;
  readonly #region: string;
  readonly #account: string;
  readonly #parameters = new Map<string, unknown>();
  readonly #resources = new Map<string, CreatedResource>();
  readonly #scope: Scope;

  constructor(stack: AssemblyStack, options: DeployOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#region = stack.region ?? options.region;
    this.#account = stack.account ?? options.account;
    this.#scope = {
      ref: (name) => this.#ref(name),
      getAtt: (logicalId, attribute) => this.#getAtt(logicalId, attribute),
      condition: (name) => this.#condition(name),
      mapping: (map, first, second) => stack.template.Mappings?.[map]?.[first]?.[second],
      importValue: (name) => this.#importValue(name),
      region: this.#region,
    };
  }

  async run(): Promise<DeployedStack> {
    const { template, name } = this.#stack;
    for (const [id, parameter] of Object.entries(template.Parameters ?? {})) {
      this.#parameters.set(id, await this.#parameterValue(id, parameter));
    }
    for (const [logicalId, resource] of inDependencyOrder(template.Resources ?? {})) {
      if (resource.Condition !== undefined && !this.#condition(resource.Condition)) continue;
      await this.#create(logicalId, resource.Type, resource.Properties ?? {});
    }
    return { name, resources: this.#resources, outputs: this.#outputs() };
  }

  async #create(logicalId: string, type: string, properties: Fields): Promise<void> {
    try {
      const resolved = await this.#withDynamicReferences(resolveValue(properties, this.#scope));
      const provider = this.#options.providers[type];
      const created = await provider?.(resolved as Fields, this.#context(logicalId));
      if (created !== undefined) this.#resources.set(logicalId, created);
    } catch (error) {
      const problem =
        error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : error;
      throw new Error(`stack ${this.#stack.name}, resource ${logicalId} (${type}): ${problem}`, {
        cause: error,
      });
    }
  }

  #context(logicalId: string): ResourceContext {
    const { name: stack, assets } = this.#stack;
    return {
      stack,
      logicalId,
      region: this.#region,
      account: this.#account,
      call: (service, operation, input) =>
        this.#options.call(service, operation, input, { region: this.#region, account: this.#account }),
      asset: (objectKey) => {
        const path = assets.get(objectKey);
        if (path === undefined) throw new Error(`the assembly has no asset for ${objectKey}`);
        return path;
      },
      name: (given, maxLength) =>
        given === undefined ? physicalName(stack, logicalId, maxLength) : String(given),
      arn: (service, resource) => `arn:aws:${service}:${this.#region}:${this.#account}:${resource}`,
    };
  }

  /** Parameters of an SSM type hold the parameter's name and stand for its value. */
  async #parameterValue(id: string, { Type, Default }: Parameter): Promise<unknown> {
    const given = this.#stack.parameters[id] ?? Default;
    if (given === undefined)
      throw new Error(`stack ${this.#stack.name}, parameter ${id}: it has no value and no default`);
    if (Type.startsWith('AWS::SSM::Parameter::Value'))
      return this.#options.dynamicReference('ssm', String(given));
    if (Type === 'CommaDelimitedList' || Type.startsWith('List<')) return String(given).split(',');
    return given;
  }

  #ref(name: string): unknown {
    if (this.#parameters.has(name)) return this.#parameters.get(name);
    const pseudo: Fields = {
      'AWS::Region': this.#region,
      'AWS::AccountId': this.#account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.#stack.name,
      'AWS::StackId': `arn:aws:cloudformation:${this.#region}:${this.#account}:stack/${this.#stack.name}/sandbox`,
      'AWS::NotificationARNs': [],
    };
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (pseudo[name] !== undefined) return pseudo[name];
    return this.#resource(name).ref;
  }

  #resource(logicalId: string): CreatedResource {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) throw new Error(`there is no resource or parameter ${logicalId}`);
    return resource;
  }

  #getAtt(logicalId: string, attribute: string): unknown {
    const value = this.#resource(logicalId).attributes?.[attribute];
    if (value === undefined) throw new Error(`${logicalId} has no attribute ${attribute}`);
    return value;
  }

  #condition(name: string): boolean {
    const condition = this.#stack.template.Conditions?.[name];
    if (condition === undefined) throw new Error(`there is no condition ${name}`);
    return resolveValue(condition, this.#scope) === true;
  }

  #importValue(name: string): unknown {
    const { exports } = this.#options;
    if (!exports.has(name)) throw new Error(`no stack exports ${name}`);
    return exports.get(name);
  }

  #outputs(): Fields {
    const outputs: Record<string, unknown> = {};
    for (const [id, { Value, Export, Condition }] of Object.entries(this.#stack.template.Outputs ?? {})) {
      if (Condition !== undefined && !this.#condition(Condition)) continue;
      outputs[id] = resolveValue(Value, this.#scope);
      if (Export !== undefined)
        this.#options.exports.set(String(resolveValue(Export.Name, this.#scope)), outputs[id]);
    }
    return outputs;
  }

  async #withDynamicReferences(value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.#withDynamicReferences(item)));
    if (isFields(value)) {
      const entries = Object.entries(value).map(async ([key, item]) => [
        key,
        await this.#withDynamicReferences(item),
      ]);
      return Object.fromEntries(await Promise.all(entries));
    }
    if (typeof value !== 'string' || !value.includes('{{resolve:')) return value;
    let text = value;
    for (const [whole, service = '', reference = ''] of value.matchAll(/\{\{resolve:([^:}]+):([^}]+)\}\}/g)) {
      const found = await this.#options.dynamicReference(service, reference);
      text = text.replace(whole, () => found);
    }
    return text;
  }
}
