import { arnOf } from '../names.ts';
import { AwsError, type Behaviours } from '../service.ts';
import { pageOf } from './paging.ts';
import { PerPlace, type Place } from './place.ts';

/** A parameter as GetParameter answers it. */
export interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: Date;
  readonly ARN: string;
  readonly DataType: string;
}

/** GetParametersByPath answers at most 10 parameters a page. */
const PAGE = 10;

/** SSM's parameters, per account and region. */
export class ParameterStore {
  readonly #parameters = new PerPlace(() => new Map<string, Parameter>());

  /** By name or ARN. */
  get(place: Place, nameOrArn: string): Parameter | undefined {
    return this.#parameters.at(place).get(this.#nameOf(place, nameOrArn));
  }

  /** Creates the parameter, or puts a new version in its place. `at` is epoch milliseconds. */
  put(
    place: Place,
    { name, value, type = 'String' }: { name: string; value: string; type?: string },
    at: number,
  ): Parameter {
    const parameter: Parameter = {
      Name: name,
      Type: type,
      Value: value,
      Version: (this.get(place, name)?.Version ?? 0) + 1,
      LastModifiedDate: new Date(at),
      ARN: arnOf('ssm', place.region, place.account, `parameter/${name.replace(/^\//, '')}`),
      DataType: 'text',
    };
    this.#parameters.at(place).set(name, parameter);
    return parameter;
  }

  delete(place: Place, nameOrArn: string): boolean {
    return this.#parameters.at(place).delete(this.#nameOf(place, nameOrArn));
  }

  /** Parameters below a path, by name: its children alone, or with `recursive` all that is below them. */
  below(place: Place, path: string, recursive: boolean): readonly Parameter[] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const found = [...this.#parameters.at(place).values()].filter(
      ({ Name }) => Name.startsWith(prefix) && (recursive || !Name.slice(prefix.length).includes('/')),
    );
    return found.sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  #nameOf(place: Place, nameOrArn: string): string {
    if (!nameOrArn.startsWith('arn:')) return nameOrArn;
    const plain = nameOrArn.slice(nameOrArn.indexOf(':parameter/') + ':parameter/'.length);
    return this.#parameters.at(place).has(plain) ? plain : `/${plain}`;
  }
}

/** AWS Systems Manager: the Parameter Store. */
export function ssm(store: ParameterStore): Behaviours {
  const needed = (place: Place, name: string): Parameter => {
    const parameter = store.get(place, name);
    if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
    return parameter;
  };
  return {
    GetParameter: ({ Name }, call) => ({ Parameter: needed(call, Name) }),

    GetParameters({ Names }, call) {
      const found = (Names as string[]).map((name) => ({ name, parameter: store.get(call, name) }));
      return {
        Parameters: found.flatMap(({ parameter }) => parameter ?? []),
        InvalidParameters: found.filter(({ parameter }) => parameter === undefined).map(({ name }) => name),
      };
    },

    GetParametersByPath({ Path, Recursive = false, MaxResults = PAGE, NextToken }, call) {
      const all = store.below(call, Path, Recursive);
      const page = pageOf(all, { size: MaxResults, token: NextToken, invalid: 'InvalidNextToken' });
      return { Parameters: page.items, ...(page.next !== undefined && { NextToken: page.next }) };
    },

    PutParameter({ Name, Value, Type, Overwrite = false }, call) {
      const before = store.get(call, Name);
      if (before !== undefined && !Overwrite) {
        const message =
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.';
        throw new AwsError('ParameterAlreadyExists', message);
      }
      const { Version } = store.put(
        call,
        { name: Name, value: Value, type: Type ?? before?.Type ?? 'String' },
        call.now,
      );
      return { Version, Tier: 'Standard' };
    },

    DeleteParameter({ Name }, call) {
      needed(call, Name);
      store.delete(call, Name);
      return {};
    },

    DeleteParameters({ Names }, call) {
      const names = Names as string[];
      const DeletedParameters = names.filter((name) => store.delete(call, name));
      return {
        DeletedParameters,
        InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)),
      };
    },
  };
}
