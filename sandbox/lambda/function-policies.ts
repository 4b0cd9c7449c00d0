import { splitFunctionName } from './function-config.ts';

/** A statement of a function's resource policy, as AddPermission makes them. */
export interface Permission {
  /** `lambda:InvokeFunction` */
  readonly action: string;
  /** A service (`events.amazonaws.com`), an account or a role's ARN. */
  readonly principal: string;
  /** An ARN with wildcards; undefined: any source. */
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

const matches = (pattern: string, arn: string): boolean => {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(arn);
};

/** The resource policies of the functions: which services may invoke them, and for which source. */
export class FunctionPolicies {
  readonly #permissions = new Map<string, Permission[]>();

  /** Adds a permission for a function, or for one of its versions or aliases. */
  allow(nameOrArn: string, permission: Permission): void {
    const key = keyOf(nameOrArn);
    this.#permissions.set(key, [...(this.#permissions.get(key) ?? []), permission]);
  }

  /** Whether `service` may invoke the function on behalf of the resource `sourceArn`. */
  allows(nameOrArn: string, service: string, sourceArn: string): boolean {
    const account = sourceArn.split(':')[4];
    return (this.#permissions.get(keyOf(nameOrArn)) ?? []).some(
      (permission) =>
        permission.principal === service &&
        ['lambda:InvokeFunction', 'lambda:*', '*'].includes(permission.action) &&
        (permission.sourceArn === undefined || matches(permission.sourceArn, sourceArn)) &&
        (permission.sourceAccount === undefined || permission.sourceAccount === account),
    );
  }
}

const keyOf = (nameOrArn: string): string => {
  const { name, qualifier } = splitFunctionName(nameOrArn);
  return `${name}:${qualifier ?? ''}`;
};
